import * as z from 'zod';
import { MAX_FILTERS } from '#shared/computed/aggregate.ts';
import { Filter } from '#shared/computed/filter.ts';
import { MAX_WINDOW_DAYS, MAX_WINDOW_HOURS } from '#shared/computed/window.ts';
import { allowing } from '#shared/traits/allowing.ts';
import { stableJson } from '#shared/traits/json-order.ts';
import { Day, Moment } from './date-test.ts';
import { Duration } from './duration.ts';
import { isNever, isOnce, timesOf, windowOf } from './times.ts';

const Name = z.string().min(1).max(200);
const Count = z.int().nonnegative();
const Where = z.array(Filter).min(1).max(MAX_FILTERS).optional();

const EVENT = {
  name: Name,
  where: Where,
  atLeast: Count.optional(),
  atMost: Count.optional(),
  exactly: Count.optional(),
  /** Whether the very first one is meant, and no other. */
  first: z.literal(true).optional(),
  within: Duration.optional(),
  before: z
    .union([Day, Moment, z.strictObject({ ago: Duration })], {
      error: 'a day as 2026-11-22, a time as 2026-11-22T09:15:00Z or {"ago": "30d"}',
    })
    .optional(),
  between: z
    .tuple([z.union([Day, Moment]), z.union([Day, Moment])], {
      error: 'two days as 2026-11-22, or times as 2026-11-22T09:15:00Z',
    })
    .optional(),
};
const TIMES = ['within', 'before', 'between'] as const;

/**
 * How often an event must have happened, and when; at least once, where nothing is said. Never is 0
 * times. With `where`, only those count that meet all of it.
 */
export const EventTest = z.strictObject(EVENT, allowing(Object.keys(EVENT))).superRefine((test, context) => {
  const refuse = (path: string, message: string): void =>
    context.addIssue({ code: 'custom', path: [path], message });
  const times = timesOf(test);
  const isSimple = isOnce(times) || isNever(times);
  const given = TIMES.filter((key) => test[key] !== undefined);
  if (given.length > 1) refuse(given[1] ?? '', `at most one of ${TIMES.join(', ')}`);
  if (test.first === true && (test.within === undefined || !isSimple)) {
    refuse('first', 'goes with within, and with at least once or never (exactly 0)');
  }
  if (test.within !== undefined && !isSimple && windowOf(test.within) === undefined) {
    refuse(
      'within',
      `to be counted it is hours up to ${MAX_WINDOW_HOURS}h, or days up to ${MAX_WINDOW_DAYS}d; any with at least once, and with never`,
    );
  }
  if (typeof test.before === 'object' && !isSimple) {
    refuse('before', 'so long ago goes with at least once, and with never (exactly 0)');
  }
  if (test.between !== undefined && Date.parse(test.between[0]) > Date.parse(test.between[1])) {
    refuse('between', 'the earlier one first');
  }
});
export type EventTest = z.infer<typeof EventTest>;

/** Events of one name; with `where`, those of them that meet all of it. */
export const Occasion = z.strictObject({ event: Name, where: Where }, allowing(['event', 'where']));
export type Occasion = z.infer<typeof Occasion>;

/**
 * What came of the last `first`: `followedBy` came in less than `within`; with `absent`, so long has passed
 * without. Who never did the first is neither.
 */
export const SequenceTest = z
  .strictObject(
    {
      first: Occasion,
      followedBy: Occasion,
      within: Duration,
      absent: z.boolean().default(false),
    },
    allowing(['first', 'followedBy', 'within', 'absent']),
  )
  .refine(({ first, followedBy }) => stableJson(first) !== stableJson(followedBy), {
    path: ['followedBy'],
    message: 'another event than the first; for the same again there is returned',
  });
export type SequenceTest = z.infer<typeof SequenceTest>;

const RETURNED = { event: Name, where: Where, after: Duration };

/** Whether the last of some events came at least so long after the one before it. */
export const ReturnedTest = z.strictObject(RETURNED, allowing(Object.keys(RETURNED)));
export type ReturnedTest = z.infer<typeof ReturnedTest>;

const COMPARE = { last: Occasion, laterThan: Occasion.optional(), earlierThan: Occasion.optional() };

/** Whether the last of some events came after, or before, the last of others; not known where either never came. */
export const CompareTest = z
  .strictObject(COMPARE, allowing(Object.keys(COMPARE)))
  .refine(
    ({ laterThan, earlierThan }) => (laterThan === undefined) !== (earlierThan === undefined),
    'exactly one of laterThan, earlierThan is needed',
  );
export type CompareTest = z.infer<typeof CompareTest>;
