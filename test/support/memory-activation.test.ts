import { runsContract } from '#test/contract/runs.ts';
import { memoryRuns } from './memory-activation.ts';

runsContract('memory', async () => memoryRuns());
