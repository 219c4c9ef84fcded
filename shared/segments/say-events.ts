import type { Filter } from '#shared/computed/filter.ts';
import type { CompareTest, EventTest, Occasion, ReturnedTest, SequenceTest } from './event-test.ts';
import { sayDate, sayOperators } from './say-operators.ts';
import { isNever, timesOf } from './times.ts';
import { counted, quoted, spoken } from './words.ts';

/** What is asked of how often events happened. */
export function sayEvent(test: EventTest): string {
  const subject = `${test.first === true ? 'the first ' : ''}${sayOccasion({ event: test.name, where: test.where })}`;
  const period = sayPeriod(test);
  if (isNever(timesOf(test))) return `${subject} did not happen${period === '' ? ' ever' : period}`;
  return `${subject} happened${sayTimes(test)}${period}`;
}

function sayPeriod({ within, before, between }: EventTest): string {
  if (within !== undefined) return ` in the last ${spoken(within)}`;
  if (before !== undefined) return ` before ${sayDate(before)}`;
  return between === undefined ? '' : ` between ${between[0]} and ${between[1]}`;
}

function sayTimes(test: EventTest): string {
  const { least, most } = timesOf(test);
  if (least === most) return ` exactly ${counted(least, 'time')}`;
  if (most === Infinity) return least === 1 ? '' : ` at least ${counted(least, 'time')}`;
  return least === 0 ? ` at most ${counted(most, 'time')}` : ` ${least} to ${counted(most, 'time')}`;
}

/** What is asked of what came of the last of some events. */
export function saySequence({ first, followedBy, within, absent }: SequenceTest): string {
  const followed = `${sayOccasion(followedBy)} ${absent ? 'did not follow' : 'followed'}`;
  return `${followed} the last ${sayOccasion(first)} within ${spoken(within)}`;
}

/** What is asked of the time between the last two. */
export const sayReturned = ({ after, ...occasion }: ReturnedTest): string =>
  `the last ${sayOccasion(occasion)} came ${spoken(after)} or more after the one before it`;

/** What is asked of which came last. */
export function sayCompare({ last, laterThan, earlierThan }: CompareTest): string {
  const [than, other] = laterThan === undefined ? ['before', earlierThan] : ['after', laterThan];
  return `the last ${sayOccasion(last)} came ${than} the last ${other === undefined ? 'of nothing' : sayOccasion(other)}`;
}

function sayOccasion({ event, where = [] }: Occasion): string {
  const filters = where.map(sayFilter);
  return filters.length === 0 ? quoted(event) : `${quoted(event)} (${filters.join(' and ')})`;
}

function sayFilter({ property, context, field, ...operators }: Filter): string {
  return `${quoted(property ?? context ?? field ?? '')} ${sayOperators(operators)}`;
}
