import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pid } from '#shared/events/event.ts';
import type { Person } from '#shared/profiles/activity.ts';
import { packActivity, unpackActivity } from '#shared/profiles/activity-codec.ts';
import { canonicalState } from '#shared/profiles/canonical.ts';
import { foldEvents, newPerson } from '#shared/profiles/fold.ts';
import { mergePeople } from '#shared/profiles/merge.ts';
import type { NormalisedEvent } from '#shared/profiles/normalise-event.ts';
import { DEFAULT_RULES, type TraitRules } from '#shared/traits/trait-definition.ts';
import { OF_EACH_KIND } from '#test/support/computed-rules.ts';
import { history as calls, rules, spreadOut } from '#test/support/events.ts';

const history = (maxLength?: number) => calls(maxLength).map(spreadOut);

/** Folds batches into a new person, keeping what spills as the spill would. */
function fold(
  batches: readonly (readonly NormalisedEvent[])[],
  traits: TraitRules = DEFAULT_RULES,
  pid = 'p',
): Person {
  const spilled = new Set<string>();
  let person = newPerson(Pid.parse(pid), 0);
  for (const batch of batches) {
    const events = batch.map((event) => ({ event, link: event.identifiers, refused: [] }));
    const folded = foldEvents(person, events, { spilled, traits, computed: OF_EACH_KIND });
    for (const [, id] of folded.spill) spilled.add(id);
    person = folded.person;
  }
  return person;
}

const shuffled = history(40).chain((events) =>
  fc.record({
    events: fc.constant(events),
    order: fc.shuffledSubarray([...events], { minLength: events.length }),
    copies: fc.subarray([...events]),
    cuts: fc.array(fc.nat(8), { maxLength: 12 }),
  }),
);

function cut<T>(items: readonly T[], sizes: readonly number[]): T[][] {
  const parts: T[][] = [];
  let at = 0;
  for (const size of sizes) {
    parts.push(items.slice(at, at + size));
    at += size;
  }
  return [...parts, items.slice(at)];
}

describe('foldEvents', () => {
  it('comes to the same state whatever the order, the batches and the copies', () => {
    fc.assert(
      fc.property(shuffled, rules, ({ events, order, copies, cuts }, traits) => {
        const once = fold([events], traits);
        const otherwise = fold(cut([...order, ...copies], cuts), traits);

        expect(canonicalState(otherwise)).toBe(canonicalState(once));
      }),
      { numRuns: 400 },
    );
  });

  it('applies nothing of what it has applied before', () => {
    fc.assert(
      fc.property(history(), (events) => {
        const person = fold([events]);
        const again = foldEvents(
          person,
          events.map((event) => ({ event, link: [], refused: [] })),
          { spilled: new Set(), traits: DEFAULT_RULES, computed: OF_EACH_KIND },
        );

        expect(again.applied.size).toBe(0);
      }),
    );
  });

  it('changes nothing of the person it was given', () => {
    fc.assert(
      fc.property(history(), history(), (before, after) => {
        const person = fold([before]);
        const copy = structuredClone(person);

        foldEvents(
          person,
          after.map((event) => ({ event, link: [], refused: [] })),
          { spilled: new Set(), traits: DEFAULT_RULES, computed: OF_EACH_KIND },
        );

        expect(person).toEqual(copy);
      }),
    );
  });
});

describe('mergePeople', () => {
  const state = ({ activity, profile }: Person): string =>
    canonicalState({ pid: Pid.parse('p'), activity, profile: { ...profile, absorbed: {} } });

  it('of people folded apart is the person folded together, for any split of a history', () => {
    fc.assert(
      fc.property(
        history(40),
        fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
        rules,
        (events, sides, traits) => {
          const left = events.filter((_, index) => sides[index]);
          const right = events.filter((_, index) => !sides[index]);
          fc.pre(left.length > 0 && right.length > 0);
          const [a, b] = [fold([left], traits, 'p'), fold([right], traits, 'q')];

          const merged = mergePeople(a, b, { at: 5, traits, computed: OF_EACH_KIND });

          expect(state(merged.winner)).toBe(state(fold([events], traits)));
        },
      ),
      { numRuns: 400 },
    );
  });

  it('goes on as the person would who had been one from the beginning', () => {
    fc.assert(
      fc.property(history(36), rules, (events, traits) => {
        const third = Math.ceil(events.length / 3);
        const [a, b, later] = [
          events.slice(0, third),
          events.slice(third, 2 * third),
          events.slice(2 * third),
        ];
        const { winner } = mergePeople(fold([a], traits, 'a'), fold([b], traits, 'b'), {
          at: 5,
          traits,
          computed: OF_EACH_KIND,
        });

        const resolved = later.map((event) => ({ event, link: event.identifiers, refused: [] }));
        const { person } = foldEvents(winner, resolved, {
          spilled: new Set(),
          traits,
          computed: OF_EACH_KIND,
        });

        expect(state(person)).toBe(state(fold([events], traits)));
      }),
      { numRuns: 300 },
    );
  });

  it('commutes and associates, and keeps the oldest with the least pid', () => {
    fc.assert(
      fc.property(history(), history(), history(), rules, (x, y, z, traits) => {
        const rename = (events: readonly NormalisedEvent[], prefix: string) =>
          events.map((event) => ({ ...event, id: `${prefix}${event.id}` }));
        const [a, b, c] = [
          fold([rename(x, '1')], traits, 'a'),
          fold([rename(y, '2')], traits, 'b'),
          fold([rename(z, '3')], traits, 'c'),
        ];
        const join = (left: Person, right: Person): Person =>
          mergePeople(left, right, { at: 9, traits, computed: OF_EACH_KIND }).winner;

        expect(canonicalState(join(b, a))).toBe(canonicalState(join(a, b)));
        expect(canonicalState(join(join(a, b), c))).toBe(canonicalState(join(a, join(b, c))));
        expect(join(c, join(b, a)).pid).toBe('a');
        expect(Object.keys(join(c, join(b, a)).profile.absorbed).sort()).toEqual(['b', 'c']);
      }),
    );
  });
});

describe('packActivity', () => {
  it('is undone by unpackActivity', () => {
    fc.assert(
      fc.property(history(30), (events) => {
        const { activity } = fold([events]);

        expect(unpackActivity(activity.version, packActivity(activity))).toEqual(activity);
      }),
    );
  });
});
