import { LIMITS } from './limits.ts';

const NOBODY = new Set(
  'anonymous guest distinctid distinct_id id not_authenticated email undefined null none nan true false unknown test -1'
    .split(' ')
    .concat('[object object]'),
);

const LONGEST_NOBODY = Math.max(...[...NOBODY].map(({ length }) => length));
const ONLY_ZEROS = /^[0-]*$/;

const isQuote = (unit: string | undefined): boolean => unit === '"' || unit === "'" || unit === '`';

/**
 * Whether a trimmed value is known to identify nobody: what broken integrations send in place of an id.
 * Linking on one would make one person of thousands. The list is the union of what PostHog and Segment refuse.
 */
export function isNobody(value: string): boolean {
  if (value.length > LIMITS.idLength) return true;
  const isQuoted = isQuote(value[0]) || isQuote(value.at(-1));
  const bare = isQuoted ? value.replace(/^["'`]+|["'`]+$/g, '').trim() : value;
  if (bare.length <= LONGEST_NOBODY && NOBODY.has(bare.toLowerCase())) return true;
  const first = bare[0];
  return first === undefined || ((first === '0' || first === '-') && ONLY_ZEROS.test(bare));
}

/**
 * An id as sent: whole numbers become text, and what is blank, of another type or nobody's is absent.
 *
 * So is a number beyond 2^53: the digits that tell two such ids apart were lost when it was read.
 */
export function idOf(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  if (typeof text !== 'string') return undefined;
  const trimmed = text.trim().toWellFormed();
  return trimmed === '' || isNobody(trimmed) ? undefined : trimmed;
}
