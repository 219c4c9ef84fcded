import * as z from 'zod';
import type { Explanation } from '#shared/profiles/definitions.ts';
import { counted, listed, quoted } from './words.ts';

type Found = Pick<Explanation, 'asks' | 'saw'>;
type Clock = (at: string) => string;

const Time = z.iso.datetime().nullable();
const SeenEvent = z.object({
  count: z.int().nullable().optional(),
  first: Time.optional(),
  last: Time.optional(),
});
const SeenSequence = z.object({ first: Time, second: z.array(Time) });
const SeenTimes = z.object({ times: z.array(z.string()) });
const SeenComparison = z.object({ last: Time, other: Time });
const SeenPart = z.object({ value: z.unknown(), overflow: z.literal(true) });
const OfTheFirst = z.union([
  z.object({ first: z.literal(true) }),
  z.object({ before: z.object({ ago: z.string() }) }),
]);

/** One entry a kind of condition that finds something of its own: what it found, in words. */
const FINDINGS: Readonly<Record<string, (found: Found, clock: Clock) => string>> = {
  event({ asks, saw }, clock) {
    const { count, first, last } = SeenEvent.safeParse(saw).data ?? {};
    if (count === 0) return 'it never happened';
    if (first != null && OfTheFirst.safeParse(asks).success) return `the first time was ${clock(first)}`;
    if (count == null) return last == null ? 'nothing is known of it' : `the last time was ${clock(last)}`;
    return `it happened ${counted(count, 'time')}${last == null ? '' : `, last on ${clock(last)}`}`;
  },

  sequence({ saw }, clock) {
    const { first = null, second = [] } = SeenSequence.safeParse(saw).data ?? {};
    const [latest = null] = second;
    if (first === null) return 'the former never happened';
    const then = latest === null ? 'the latter never happened' : `the latter last on ${clock(latest)}`;
    return `the former was last on ${clock(first)}, ${then}`;
  },

  returned({ saw }, clock) {
    const { times = [] } = SeenTimes.safeParse(saw).data ?? {};
    return times.length === 0
      ? 'it never happened'
      : `the last times were ${listed(times.map(clock), 'and')}`;
  },

  compare({ saw }, clock) {
    const { last = null, other = null } = SeenComparison.safeParse(saw).data ?? {};
    const say = (at: string | null): string => (at === null ? 'never' : `on ${clock(at)}`);
    return `the former was last ${say(last)}, the latter ${say(other)}`;
  },

  consent: ({ saw }) => (saw === null ? 'was never asked' : `it is ${String(saw)}`),
  sum: ({ saw }) => `it is ${String(saw)}`,
};

/** What was found of a condition that has no others in it, in words. */
export const sayFound = (kind: string, found: Found, clock: Clock): string =>
  (FINDINGS[kind] ?? (({ saw }: Found) => sayValue(saw)))(found, clock);

function sayValue(saw: unknown): string {
  const part = SeenPart.safeParse(saw).data;
  if (part !== undefined)
    return part.value === null ? 'too much happened to know it' : `it is ${quoted(part.value)}, or more`;
  if (saw === null) return 'nothing is known of it';
  return Array.isArray(saw) && saw.length === 0 ? 'has none' : `it is ${quoted(saw)}`;
}
