import { qualityContract } from '#test/contract/quality-counts.ts';
import { memoryQuality } from './memory-quality.ts';

qualityContract('the memory', async () => memoryQuality());
