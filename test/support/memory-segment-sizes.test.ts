import { segmentSizesContract } from '#test/contract/segment-sizes.ts';
import { memorySegmentSizes } from './memory-segment-sizes.ts';

segmentSizesContract('the sizes in memory', async () => memorySegmentSizes());
