import { Segment } from '#shared/segments/segment.ts';

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
