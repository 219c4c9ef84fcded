import * as z from 'zod';
import { Slug } from '#shared/sources/source.ts';
import { allowing } from '#shared/traits/allowing.ts';
import { type Aggregate, COMPUTED_FIELDS, refuseMismatch } from './aggregate.ts';

/** A value that each person has by what they did: the sum of what they paid in the last 90 days. */
export const ComputedTrait = z
  .strictObject(
    { id: Slug, name: z.string().min(1).max(200), ...COMPUTED_FIELDS },
    allowing(['id', 'name', ...Object.keys(COMPUTED_FIELDS)]),
  )
  .superRefine(refuseMismatch);
export type ComputedTrait = z.infer<typeof ComputedTrait>;

/** What must be counted for it. */
export const aggregateOf = ({ id: _, name: __, ...aggregate }: ComputedTrait): Aggregate => aggregate;
