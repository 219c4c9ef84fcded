import * as z from 'zod';
import type { Pid } from '#shared/events/event.ts';

/**
 * Why something that an event said was not taken:
 * - `limit`: the person would have more of its type than they may, two user ids above all;
 * - `too_large`: it would not fit what is stored of a person;
 * - `invalid`: it is no value of its kind;
 * - `legal_entity`: it would join the customers of companies that may not share them;
 * - `source_strategy`: events of its source join nobody;
 * - `parted`: somebody decided that these two are not one;
 * - `alias`: it would join two known users.
 */
export const RefusalReason = z.enum([
  'limit',
  'too_large',
  'invalid',
  'legal_entity',
  'source_strategy',
  'parted',
  'alias',
]);
export type RefusalReason = z.infer<typeof RefusalReason>;

/** An identifier that an event was not resolved by, with the person whom it is of, if there is one. */
export interface RefusedIdentifier {
  readonly key: string;
  readonly reason: RefusalReason;
  readonly other?: Pid;
}
