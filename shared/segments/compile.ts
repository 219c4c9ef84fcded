import { consentKey } from '#shared/consent/consent.ts';
import { DEFAULT_IDENTITY } from '#shared/identity/rules.ts';
import { own } from '#shared/kernel/own.ts';
import type { Person } from '#shared/profiles/activity.ts';
import type { Definitions, Explanation } from '#shared/profiles/definitions.ts';
import { compareMinor } from '#shared/traits/minor.ts';
import { minorUnits } from '#shared/traits/money.ts';
import { DEFAULT_RULES, type TraitRules } from '#shared/traits/trait-definition.ts';
import { CONDITION_KINDS, type Condition, type ConditionKind } from './condition.ts';
import type { Segment } from './segment.ts';
import { compileTraitTest } from './trait-test.ts';

/** Whether something holds of a person. */
export type Test = (person: Person) => boolean;

type Operand<K extends ConditionKind> = NonNullable<Condition[K]>;

/** One entry a kind of condition: what it means. */
const HANDLERS: { readonly [K in ConditionKind]: (operand: Operand<K>, rules: TraitRules) => Test } = {
  all(parts, rules) {
    const tests = parts.map((part) => compileCondition(part, rules));
    return (person) => tests.every((test) => test(person));
  },

  any(parts, rules) {
    const tests = parts.map((part) => compileCondition(part, rules));
    return (person) => tests.some((test) => test(person));
  },

  not(part, rules) {
    const test = compileCondition(part, rules);
    return (person) => !test(person);
  },

  trait: compileTraitTest,

  identifier({ type, exists }) {
    const prefix = `${type}#`;
    return ({ profile }) => {
      for (const key in profile.identifiers) if (key.startsWith(prefix)) return exists;
      for (const key in profile.contacts) if (key.startsWith(prefix)) return exists;
      return !exists;
    };
  },

  event({ name, exactly, atMost, atLeast = exactly === undefined && atMost === undefined ? 1 : 0 }) {
    const least = Math.max(atLeast, exactly ?? 0);
    const most = Math.min(atMost ?? Infinity, exactly ?? Infinity);
    return ({ activity }) => {
      const count = own(activity.events, name)?.count ?? 0;
      return count >= least && count <= most;
    };
  },

  sum({ name, currency, atLeast, atMost }) {
    const least = atLeast === undefined ? undefined : inMinor(atLeast, currency);
    const most = atMost === undefined ? undefined : inMinor(atMost, currency);
    return ({ activity }) => {
      const sum = own(own(activity.sums, name) ?? {}, currency) ?? 0;
      return (
        (least === undefined || compareMinor(sum, least) >= 0) &&
        (most === undefined || compareMinor(sum, most) <= 0)
      );
    };
  },

  consent({ channel, purpose, granted }) {
    const key = consentKey(channel, purpose);
    const wanted = granted ? 'granted' : 'denied';
    return ({ profile }) => own(profile.consents, key)?.status === wanted;
  },
};

/** Makes a condition a function, once, so that evaluating a person only calls closures. */
export function compileCondition(condition: Condition, rules: TraitRules): Test {
  for (const kind of CONDITION_KINDS) {
    const test = compileKind(kind, condition, rules);
    if (test !== undefined) return test;
  }
  throw new TypeError(`a condition without any of ${CONDITION_KINDS.join(', ')}`);
}

function compileKind<K extends ConditionKind>(
  kind: K,
  condition: Condition,
  rules: TraitRules,
): Test | undefined {
  const operand = condition[kind];
  return operand === undefined ? undefined : HANDLERS[kind](operand, rules);
}

/** Makes the function that says of each part of a condition whether it holds. */
function explainer(condition: Condition, rules: TraitRules): (person: Person) => Explanation {
  const kind = CONDITION_KINDS.find((one) => condition[one] !== undefined) ?? 'all';
  const test = compileCondition(condition, rules);
  const inner = condition.all ?? condition.any ?? (condition.not === undefined ? [] : [condition.not]);
  const parts = inner.map((part) => explainer(part, rules));
  const said = parts.length === 0 ? { asks: condition[kind] } : {};
  return (person) => ({
    kind,
    ...said,
    holds: test(person),
    ...(parts.length > 0 && { parts: parts.map((part) => part(person)) }),
  });
}

/** What else people are written and read by, as of the same version. */
type Rules = Partial<Pick<Definitions, 'identity' | 'traits'>>;

/** Compiles the segments of one version of the catalog, which read traits by its rules. */
export function compileSegments(
  segments: readonly Segment[],
  version: number,
  { identity = DEFAULT_IDENTITY, traits = DEFAULT_RULES }: Rules = {},
): Definitions {
  const compiled = segments.map((segment) => ({
    id: segment.id,
    inScope: scopeTest(segment),
    test: compileCondition(segment.condition, traits),
    explain: explainer(segment.condition, traits),
  }));
  return {
    version,
    identity,
    traits,
    evaluate(person) {
      const members = new Set<string>();
      for (const { id, inScope, test } of compiled) if (inScope(person) && test(person)) members.add(id);
      return { members };
    },
    explain: (segment, person) => compiled.find(({ id }) => id === segment)?.explain(person),
  };
}

/** A segment of a market holds its people alone, whatever its condition: who may see it relies on that. */
function scopeTest({ market, brand }: Pick<Segment, 'market' | 'brand'>): Test {
  return ({ profile }) =>
    (market === undefined || profile.market?.value === market) &&
    (brand === undefined || profile.brand?.value === brand);
}

function inMinor(amount: number, currency: string): number {
  const minor = minorUnits(amount, currency);
  if (minor === undefined) throw new TypeError(`no exact amount in ${currency}`);
  return minor;
}
