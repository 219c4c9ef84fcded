import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_AGGREGATES } from '#shared/computed/computed-rules.ts';
import { Pid } from '#shared/events/event.ts';
import { LIMITS } from '#shared/events/limits.ts';
import type { Person } from '#shared/profiles/activity.ts';
import { canonicalState } from '#shared/profiles/canonical.ts';
import { type Folded, foldEvents, newPerson } from '#shared/profiles/fold.ts';
import type { NormalisedEvent } from '#shared/profiles/normalise-event.ts';
import { traitValues } from '#shared/profiles/trait-value.ts';
import { stableJson } from '#shared/traits/json-order.ts';
import { DEFAULT_RULES, type TraitRules, traitRules } from '#shared/traits/trait-definition.ts';
import { normalised, web } from '#test/support/events.ts';
import { ruleOf, traitValue } from '#test/support/trait-arbitraries.ts';

const identify = (traits: Readonly<Record<string, unknown>>, at: number, source = 'web'): NormalisedEvent =>
  normalised({ type: 'identify', timestamp: at, messageId: `m${at}`, traits }, { ...web, id: source });

const fold = (person: Person, events: readonly NormalisedEvent[], traits: TraitRules): Folded =>
  foldEvents(
    person,
    events.map((event) => ({ event, link: [], refused: [] })),
    { spilled: new Set(), traits, computed: NO_AGGREGATES },
  );

const nobody = newPerson(Pid.parse('p'), 0);
/** Somebody who is stored, so that not everything written is new. */
const stored = (events: readonly NormalisedEvent[], traits: TraitRules): Person => {
  const { person } = fold(nobody, events, traits);
  return { ...person, activity: { ...person.activity, version: 1 } };
};

const rules = fc
  .tuple(fc.option(ruleOf('a')), fc.option(ruleOf('b')))
  .map((defined) => traitRules(defined.filter((rule) => rule !== null)));
const source = fc.constantFrom('web', 'app', 'crm');
const event = fc.tuple(fc.record({ a: traitValue, b: traitValue }), source);
const historyOf = (events: readonly (readonly [Record<string, unknown>, string])[], from = 1) =>
  events.map(([traits, of], index) => identify(traits, from + index, of));

describe('foldTraits', () => {
  it('leaves the profile as it is when an event repeats what its source said last, by any strategy', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 6 }), event, rules, (before, [said, of], traits) => {
        const person = stored([...historyOf(before), identify(said, 50, of)], traits);
        const again = [identify(said, 60, of), identify(said, 70, of)];

        const once = fold(person, again.slice(0, 1), traits);
        const twice = fold(once.person, again.slice(1), traits);

        expect(once.profileChanged).toBe(false);
        expect(once.person.profile).toBe(person.profile);
        expect(twice.profileChanged).toBe(false);
        expect(stableJson(traitValues(twice.person, traits))).toBe(stableJson(traitValues(person, traits)));
      }),
      { numRuns: 1000 },
    );
  });

  it('remembers that a value was said again: what is older than that changes nothing by the latest write', () => {
    const person = stored([identify({ a: 'x' }, 1), identify({ a: 'x' }, 9)], DEFAULT_RULES);

    const late = fold(person, [identify({ a: 'y' }, 5)], DEFAULT_RULES);
    const later = fold(person, [identify({ a: 'y' }, 10)], DEFAULT_RULES);

    expect(late.profileChanged).toBe(false);
    expect(late.person.profile.traits.a).toMatchObject({ value: 'x', at: 1 });
    expect(later.person.profile.traits.a).toMatchObject({ value: 'y', at: 10, messageId: 'm10' });
    expect(later.person.activity.affirmed).toEqual({});
  });

  it('keeps in a union what was said again rather than what was said since', () => {
    const traits = traitRules([{ id: 'a', strategy: 'union', limit: 2 }]);
    const person = stored([identify({ a: ['x', 'y'] }, 1), identify({ a: 'x' }, 9)], traits);

    const next = fold(person, [identify({ a: 'z' }, 5)], traits);

    expect(traitValues(next.person, traits)).toEqual({ a: ['x', 'z'] });
    expect(next.person.activity.affirmed.a).toEqual([[9, expect.any(String)], null]);
  });

  it('treats what is stored as writes under a strategy that has changed', () => {
    fc.assert(
      fc.property(
        fc.array(event, { minLength: 1, maxLength: 6 }),
        event,
        rules,
        rules,
        (before, after, was, is) => {
          const person = stored(historyOf(before), was);

          const { person: next } = fold(person, historyOf([after], 50), is);

          const values = traitValues(next, is);
          for (const rule of is.values()) {
            if (rule.strategy !== 'union' || values[rule.id] === undefined) continue;
            expect(values[rule.id]).toBeInstanceOf(Array);
          }
          expect(canonicalState(fold(next, historyOf([after], 50), is).person)).toBe(canonicalState(next));
        },
      ),
    );
  });

  it('keeps the least names, whichever come first, and writes nothing for one that has no place', () => {
    const name = (index: number): string => `t${String(index).padStart(3, '0')}`;
    const many = (from: number, count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [name(from + index), index]));
    const late = identify(many(0, LIMITS.traitCount), 2);
    const early = identify(many(LIMITS.traitCount - 1, 20), 1);
    const again = identify(many(LIMITS.traitCount - 1, 20), 3);

    const one = stored([late, early], DEFAULT_RULES);
    const other = stored([early, again, late], DEFAULT_RULES);

    expect(Object.keys(one.profile.traits).sort()).toEqual(Object.keys(many(0, LIMITS.traitCount)));
    expect(Object.keys(other.profile.traits).sort()).toEqual(Object.keys(many(0, LIMITS.traitCount)));
    expect(Object.keys(other.activity.affirmed)).toEqual([name(LIMITS.traitCount - 1)]);
    const beyond = fold(one, [identify(many(LIMITS.traitCount, 20), 9)], DEFAULT_RULES);
    expect(beyond.profileChanged).toBe(false);
    expect(beyond.person.activity.affirmed).toEqual(one.activity.affirmed);
  });

  it('changes any trait of a full list, the one of the greatest name too', () => {
    const all = Object.fromEntries(
      Array.from({ length: LIMITS.traitCount }, (_, n) => [`t${n + 1000}`, 'old']),
    );
    const greatest = `t${LIMITS.traitCount + 999}`;

    for (const traits of [DEFAULT_RULES, traitRules([{ id: greatest, strategy: 'max' }])]) {
      const { person } = fold(stored([identify(all, 1)], traits), [identify({ [greatest]: 'z' }, 2)], traits);

      expect(traitValues(person, traits)).toEqual({ ...all, [greatest]: 'z' });
    }
  });

  it('takes values in the form of their type, and lists those that are none', () => {
    const traits = traitRules([
      { id: 'born', strategy: 'latest', type: 'date' },
      { id: 'tags', strategy: 'union', type: 'country' },
      { id: 'phone', strategy: 'latest', type: 'phone' },
      { id: 'size', strategy: 'mostTrustedSource', sources: ['crm'] },
    ]);
    const large = 'x'.repeat(LIMITS.keptValueBytes);

    const { person, profileChanged } = fold(
      stored([], traits),
      [
        identify({ born: '10.12.1815', tags: ['France', 'Mars', 'DEU', large], phone: '06 12 34 56 78' }, 1),
        identify({ born: '01/02/1815', phone: '', size: large, birthday: 'soon' }, 2),
      ],
      traits,
    );

    expect(profileChanged).toBe(true);
    expect(traitValues(person, traits)).toEqual({
      born: '1815-12-10',
      tags: ['DE', 'FR'],
      phone: '+33612345678',
    });
    expect(person.profile.refusals.map(({ identifier, reason }) => [identifier, reason])).toEqual([
      ['trait#tags', 'invalid'],
      ['trait#born', 'invalid'],
      ['trait#size', 'too_large'],
      ['trait#birthday', 'invalid'],
    ]);
  });
});
