import { compileSegments } from '#shared/segments/compile.ts';
import type { Segment } from '#shared/segments/segment.ts';

/** What is defined while a history is on its way. */
export const SEGMENTS: readonly Segment[] = [
  { id: 'buyers', name: 'Buyers', condition: { event: { name: 'Order Completed', atLeast: 2 } } },
];

/** The same, for who folds in memory. */
export const DEFINITIONS = compileSegments(SEGMENTS, SEGMENTS.length);
