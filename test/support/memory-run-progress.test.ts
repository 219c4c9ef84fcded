import { runProgressContract } from '#test/contract/run-progress.ts';
import { memoryRunProgress } from './memory-run-progress.ts';

runProgressContract('the progress in memory', async () => memoryRunProgress());
