import { CONDITION_KINDS, type Condition, type ConditionKind } from './condition.ts';
import { sayCompare, sayEvent, sayReturned, saySequence } from './say-events.ts';
import { sayOperators } from './say-operators.ts';
import { quoted } from './words.ts';

type Operand<K extends ConditionKind> = NonNullable<Condition[K]>;

/** One entry a kind of condition: what it asks, as one would tell a colleague. */
const SAYINGS: { readonly [K in ConditionKind]: (operand: Operand<K>) => string } = {
  all: (parts) => parts.map(sayPart).join(', and '),
  any: (parts) => parts.map(sayPart).join(', or '),
  not: (part) => `not: ${sayPart(part)}`,
  trait: ({ name, ...operators }) => `${quoted(name)} ${sayOperators(operators)}`,
  identifier({ type, exists, ...operators }) {
    if (exists === false) return `has no ${type}`;
    const asked = sayOperators(operators);
    return asked === '' ? `has ${withArticle(type)}` : `has ${withArticle(type)} that ${asked}`;
  },
  event: sayEvent,
  sequence: saySequence,
  returned: sayReturned,
  compare: sayCompare,
  computed: ({ name, ...operators }) => `${quoted(name)} ${sayOperators(operators)}`,
  sum: ({ name, currency, ...operators }) =>
    `${name.replaceAll('_', ' ')} in ${currency} ${sayOperators(operators)}`,
  consent: ({ channel, purpose, granted }) => `said ${granted ? 'yes' : 'no'} to ${purpose} by ${channel}`,
  segment: ({ id, member }) => `is ${member ? '' : 'not '}in the segment ${quoted(id)}`,
};

/** What a condition asks, in words. */
export function sayCondition(condition: Condition): string {
  for (const kind of CONDITION_KINDS) {
    const said = sayKind(kind, condition);
    if (said !== undefined) return said;
  }
  throw new TypeError(`a condition without any of ${CONDITION_KINDS.join(', ')}`);
}

/** Within another condition: one made of several stands in brackets. */
function sayPart(part: Condition): string {
  const several = part.all ?? part.any ?? [];
  return several.length > 1 ? `(${sayCondition(part)})` : sayCondition(part);
}

function sayKind<K extends ConditionKind>(kind: K, condition: Condition): string | undefined {
  const operand = condition[kind];
  return operand === undefined ? undefined : SAYINGS[kind](operand);
}

/** `an email`, `a phone`. */
const withArticle = (noun: string): string => `${/^[aeiou](?!ser)/i.test(noun) ? 'an' : 'a'} ${noun}`;
