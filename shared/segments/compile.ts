import { consentKey } from '#shared/consent/consent.ts';
import { DEFAULT_IDENTITY, type IdentityRules } from '#shared/identity/rules.ts';
import { own } from '#shared/kernel/own.ts';
import type { Person } from '#shared/profiles/activity.ts';
import type { Definitions } from '#shared/profiles/definitions.ts';
import { minorUnits } from '#shared/traits/money.ts';
import { CONDITION_KINDS, type Condition, type ConditionKind } from './condition.ts';
import type { Segment } from './segment.ts';
import { compileTraitTest } from './trait-test.ts';

/** Whether something holds of a person. */
export type Test = (person: Person) => boolean;

type Operand<K extends ConditionKind> = NonNullable<Condition[K]>;

/** One entry a kind of condition: what it means. */
const HANDLERS: { readonly [K in ConditionKind]: (operand: Operand<K>) => Test } = {
  all(parts) {
    const tests = parts.map(compileCondition);
    return (person) => tests.every((test) => test(person));
  },

  any(parts) {
    const tests = parts.map(compileCondition);
    return (person) => tests.some((test) => test(person));
  },

  not(part) {
    const test = compileCondition(part);
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
    const least = atLeast === undefined ? -Infinity : inMinor(atLeast, currency);
    const most = atMost === undefined ? Infinity : inMinor(atMost, currency);
    return ({ activity }) => {
      const sum = own(own(activity.sums, name) ?? {}, currency) ?? 0;
      return sum >= least && sum <= most;
    };
  },

  consent({ channel, purpose, granted }) {
    const key = consentKey(channel, purpose);
    const wanted = granted ? 'granted' : 'denied';
    return ({ profile }) => own(profile.consents, key)?.status === wanted;
  },
};

/** Makes a condition a function, once, so that evaluating a person only calls closures. */
export function compileCondition(condition: Condition): Test {
  for (const kind of CONDITION_KINDS) {
    const test = compileKind(kind, condition);
    if (test !== undefined) return test;
  }
  throw new TypeError(`a condition without any of ${CONDITION_KINDS.join(', ')}`);
}

function compileKind<K extends ConditionKind>(kind: K, condition: Condition): Test | undefined {
  const operand = condition[kind];
  return operand === undefined ? undefined : HANDLERS[kind](operand);
}

/**
 * Compiles the segments of one version of the catalog.
 *
 * @param identity as of the same version.
 */
export function compileSegments(
  segments: readonly Segment[],
  version: number,
  identity: IdentityRules = DEFAULT_IDENTITY,
): Definitions {
  const compiled = segments.map((segment) => ({
    id: segment.id,
    inScope: scopeTest(segment),
    test: compileCondition(segment.condition),
  }));
  return {
    version,
    identity,
    membership(person) {
      const members = new Set<string>();
      for (const { id, inScope, test } of compiled) if (inScope(person) && test(person)) members.add(id);
      return members;
    },
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
