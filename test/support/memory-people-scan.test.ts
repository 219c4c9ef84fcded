import { peopleScanContract } from '#test/contract/people-scan.ts';
import { memoryPeople } from './memory-people.ts';
import { memoryPeopleScan } from './memory-people-scan.ts';

peopleScanContract('the scan in memory', async () => {
  const there = memoryPeople();
  return { ...there, scan: memoryPeopleScan(there.everybody) };
});
