import { own } from '#shared/kernel/own.ts';
import type { Truth } from '#shared/kernel/truth.ts';
import type { Person } from '#shared/profiles/activity.ts';
import { traitValue } from '#shared/profiles/trait-value.ts';
import { partAt } from '#shared/traits/part-at.ts';
import type { TraitRules } from '#shared/traits/trait-definition.ts';
import { compileOperators } from '#shared/traits/value-test.ts';
import type { TraitTest } from './condition.ts';
import { compileDateTest, isInSpan, nextOfSpan } from './date-test.ts';
import type { Context, Field, Leaf } from './leaf.ts';
import { earliest } from './tree.ts';

/** Makes the test of a trait a leaf: all of its operators must hold. */
export function traitLeaf(test: TraitTest, { traits, timeZone }: Context): Leaf {
  const { name, before, after, within, withinNext, anniversary, ...operators } = test;
  const read = traitReader(name, traits);
  const holds = compileOperators(operators);
  const spans = compileDateTest({ before, after, within, withinNext, anniversary }, timeZone);
  const plain = {
    test: (person: Person): Truth => holds(read(person)),
    saw: (person: Person): unknown => read(person) ?? null,
    reads: fieldsOf(name),
  };
  if (spans.length === 0) return plain;
  return {
    ...plain,
    test(person, now) {
      const value = read(person);
      let truth = holds(value);
      for (const spanOf of spans) {
        if (truth === false) return false;
        const span = spanOf(value, now);
        if (span === undefined) truth = undefined;
        else if (!isInSpan(span, now)) return false;
      }
      return truth;
    },
    next(person, now) {
      const value = read(person);
      return earliest(
        spans.map((spanOf) => {
          const span = spanOf(value, now);
          return span && nextOfSpan(span, now);
        }),
      );
    },
  };
}

/** A trait of exactly this name, else a part of one: `address.city`. */
function traitReader(name: string, rules: TraitRules): (person: Person) => unknown {
  const whole = traitValue(name, rules);
  const [first = '', ...rest] = name.split('.');
  if (rest.length === 0) return whole;
  const outer = traitValue(first, rules);
  return (person) =>
    own(person.profile.traits, name) === undefined ? partAt(outer(person), rest) : whole(person);
}

function fieldsOf(name: string): readonly Field[] {
  const [first = ''] = name.split('.');
  return [...new Set([name, first])].map((one) => ({ of: 'traits', name: one }));
}
