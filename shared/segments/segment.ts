import * as z from 'zod';
import { Slug } from '#shared/sources/source.ts';
import { Condition } from './condition.ts';

/** A group of people, by what is known of them. With a market or brand it holds that one's people alone. */
export const Segment = z.strictObject({
  id: Slug,
  name: z.string().min(1).max(200),
  condition: Condition,
  market: z.string().min(1).max(50).optional(),
  brand: z.string().min(1).max(50).optional(),
});
export type Segment = z.infer<typeof Segment>;
