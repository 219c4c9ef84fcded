import { runFilesContract } from '#test/contract/run-files.ts';
import { memoryRunFiles } from './runs.ts';

runFilesContract('memory', async () => memoryRunFiles());
