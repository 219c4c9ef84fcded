import { Segment } from '#shared/segments/segment.ts';
import { conditionSpeed } from './condition-speed.ts';
import { segmentsPerEvent } from './segments-per-event.ts';

/** Five segments, as a shop has them: what people enter and leave costs writes of its own. */
export const SEGMENTS: readonly Segment[] = [
  { id: 'customers', condition: { identifier: { type: 'userId' } } },
  { id: 'buyers', condition: { event: { name: 'Order Completed', atLeast: 2 } } },
  { id: 'big-spenders', condition: { sum: { name: 'total_spent', currency: 'EUR', atLeast: 200 } } },
  {
    id: 'gold-and-reachable',
    condition: {
      all: [
        { trait: { name: 'plan', equals: 'gold' } },
        { consent: { channel: 'email', purpose: 'marketing', granted: true } },
      ],
    },
  },
  {
    id: 'undecided',
    condition: {
      all: [{ event: { name: 'Product Added' } }, { event: { name: 'Order Completed', exactly: 0 } }],
    },
  },
].map((segment) => Segment.parse({ name: segment.id, ...segment }));

/** How many people a second a condition is asked of, and what an event costs with many segments defined? */
export async function answer(
  print: (line: string) => void,
  scale = 1,
): Promise<Readonly<Record<string, number>>> {
  const perEvent = await segmentsPerEvent(print);
  return { ...(await conditionSpeed(print, scale)), ...perEvent };
}
