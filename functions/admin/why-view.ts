import * as z from 'zod';
import type { Explanation } from '#shared/profiles/definitions.ts';
import { type Clause, sayWhy } from '#shared/segments/say-why.ts';

const Time = z.iso.datetime();

/** One condition of a segment as it is of a person, with those that it is made of. */
export const ClauseView = z.strictObject({
  kind: z.string().describe('the kind of condition; market and brand are those of the segment'),
  text: z.string().describe('what it asks, in words'),
  holds: z.union([z.boolean(), z.literal('unknown')]).describe('unknown where what it asks of is not known'),
  asks: z.unknown().optional().describe('what it asks, as the definition says it'),
  found: z.string().optional().describe('what was found, in words'),
  saw: z.unknown().optional().describe('what was found'),
  nextChange: Time.optional().describe('when it could change without an event'),
  countedSince: Time.optional().describe('what happened before was not counted'),
  get parts() {
    return z.array(ClauseView).optional();
  },
});
export type ClauseView = z.infer<typeof ClauseView>;

/** Why a person is in a segment, or is not. */
export const WhyView = z.strictObject({
  segment: z.string(),
  name: z.string(),
  since: Time.optional().describe('when they entered it; absent where they are not in it'),
  asOf: Time.describe('the moment at which the conditions were looked at'),
  holds: z.union([z.boolean(), z.literal('unknown')]).describe('whether the definition of now holds of them'),
  text: z.string(),
  because: z
    .array(z.string())
    .describe('the conditions that decide the answer, one sentence each, with what was found'),
  nextChange: Time.optional().describe('when the answer could change without an event'),
  countedSince: Time.optional().describe('what happened before was not counted, in one clause at least'),
  condition: ClauseView,
});
export type WhyView = z.infer<typeof WhyView>;

interface Asked {
  readonly segment: { readonly id: string; readonly name: string };
  /** When the person entered it, as stored. */
  readonly since: number | undefined;
  readonly at: number;
  readonly timeZone: string;
}

export function viewWhy(explanation: Explanation, { segment, since, at, timeZone }: Asked): WhyView {
  const { because, ...clause } = sayWhy(explanation, timeZone);
  const condition = viewClause(clause);
  const countedSince = latestCount(explanation);
  return {
    segment: segment.id,
    name: segment.name,
    ...(since !== undefined && { since: iso(since) }),
    asOf: iso(at),
    holds: explanation.holds,
    text: answer(segment.name, { isMember: since !== undefined, holds: explanation.holds }),
    because: [...because],
    ...(explanation.nextChange !== undefined && { nextChange: iso(explanation.nextChange) }),
    ...(countedSince > 0 && { countedSince: iso(countedSince) }),
    condition,
  };
}

/** A definition that has just changed, or a time that has just come, holds before they are written anew. */
function answer(
  name: string,
  { isMember, holds }: { readonly isMember: boolean; readonly holds: Explanation['holds'] },
): string {
  const stands = `${isMember ? 'in' : 'not in'} “${name}”`;
  if (isMember === (holds === true)) return holds === 'unknown' ? `${stands}: too little is known` : stands;
  return `${stands}; by the definition of now they ${holds === true ? 'enter' : 'leave'} it when they are looked at next`;
}

function viewClause({ nextChange, countedSince, parts, ...clause }: Clause): ClauseView {
  return {
    ...clause,
    ...(nextChange !== undefined && { nextChange: iso(nextChange) }),
    ...(countedSince !== undefined && countedSince > 0 && { countedSince: iso(countedSince) }),
    ...(parts !== undefined && { parts: parts.map(viewClause) }),
  };
}

/** Before it, something was not counted. */
const latestCount = ({ countedSince = 0, parts = [] }: Explanation): number =>
  Math.max(countedSince, ...parts.map(latestCount));

const iso = (ms: number): string => new Date(ms).toISOString();
