import type { EpochMs } from '#shared/events/event.ts';
import type { Explanation } from '#shared/profiles/definitions.ts';
import { ConditionTree } from './condition.ts';
import { sayCondition } from './say-condition.ts';
import { sayFound } from './say-found.ts';
import { clockOf, quoted } from './words.ts';

/** An explanation with words to it. */
export interface Clause extends Omit<Explanation, 'parts'> {
  /** What it asks. */
  readonly text: string;
  /** What was found, of what has no parts. */
  readonly found?: string;
  readonly parts?: readonly Clause[];
}

/** What is said of why somebody is in a segment, or is not. */
export interface Why extends Clause {
  /** The clauses without parts that decide the answer, each with what was found. */
  readonly because: readonly string[];
}

/**
 * Puts an explanation into words that need no knowledge of the language of conditions, with moments as
 * they are read in `timeZone`.
 */
export function sayWhy(explanation: Explanation, timeZone: string): Why {
  const clause = clauseOf(explanation, clockOf(timeZone));
  return { ...clause, because: decisive(clause).map(sentence) };
}

type Clock = (at: EpochMs | string) => string;

function clauseOf({ parts, ...explanation }: Explanation, clock: Clock): Clause {
  const { kind, asks, saw } = explanation;
  const text = sayKind(kind, asks);
  if (parts !== undefined) return { ...explanation, text, parts: parts.map((part) => clauseOf(part, clock)) };
  return { ...explanation, text, ...(saw !== undefined && { found: sayFound(kind, explanation, clock) }) };
}

/** Those without which the answer would be another, as far as one by one can tell. */
function decisive(clause: Clause): readonly Clause[] {
  const { parts = [], holds } = clause;
  if (parts.length === 0) return [clause];
  // Of all that must hold each counts where they do, else those that do not; of any it is the other way about
  const decides = clause.kind === 'any' ? holds === true : clause.kind === 'all' && holds !== true;
  const counting = decides ? parts.filter((part) => (part.holds === true) === (holds === true)) : parts;
  return counting.flatMap(decisive);
}

const HOLDS = { true: 'yes', false: 'no', unknown: 'not known' } as const;

const sentence = ({ text, holds, found }: Clause): string =>
  `${text}: ${HOLDS[`${holds}`]}${found === undefined ? '' : `, ${found}`}`;

/** The parts of these say the rest. */
const GROUPS: Readonly<Record<string, string>> = {
  all: 'all of these hold',
  any: 'one of these holds, or several',
  not: 'this does not hold',
};

function sayKind(kind: string, asks: unknown): string {
  if (kind === 'market' || kind === 'brand') return `is of the ${kind} ${quoted(asks)}`;
  return GROUPS[kind] ?? sayCondition(ConditionTree.parse({ [kind]: asks }));
}
