import { quarantineContract } from '#test/contract/quarantine-store.ts';
import { memoryQuarantine } from './memory-quarantine.ts';

quarantineContract('quarantine in memory', async () => memoryQuarantine());
