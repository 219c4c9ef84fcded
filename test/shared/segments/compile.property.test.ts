import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Person } from '#shared/profiles/activity.ts';
import { aggregatesOf } from '#shared/segments/aggregates.ts';
import { compileSegments } from '#shared/segments/compile.ts';
import type { Condition } from '#shared/segments/condition.ts';
import type { Segment } from '#shared/segments/segment.ts';
import { counting } from '#test/support/computed-rules.ts';
import { isMember, naiveTruth } from '#test/support/naive-condition.ts';
import {
  COMPUTED,
  condition,
  historyCondition,
  segments,
  traitCondition,
} from '#test/support/segment-arbitraries.ts';
import type { Situation } from '#test/support/situation.ts';
import { after, distance, situation } from '#test/support/situation-arbitraries.ts';

const only = (of: Condition): readonly Segment[] => [{ id: 'only', name: 'Only', condition: of }];

/** The definitions with what they count, and the person as they are when that was counted from the first day. */
function living(segments: readonly Segment[], { person, events, timeZone }: Omit<Situation, 'segments'>) {
  const wanted = segments.flatMap(({ condition: one }) => aggregatesOf(one, timeZone));
  const computed = counting(wanted, { traits: COMPUTED, timeZone });
  return {
    definitions: compileSegments(segments, 1, { timeZone, computed }),
    person: after(person, events, { computed, set: 'm' }),
  };
}

const truthOf = (of: Condition, given: Omit<Situation, 'segments'>) => {
  const { definitions, person } = living(only(of), given);
  const { holds } = definitions.explain('only', person, given.now) ?? {};
  return holds === 'unknown' ? undefined : holds;
};

const membersAt = (defined: readonly Segment[], given: Omit<Situation, 'segments'>): readonly string[] =>
  defined.filter(({ id }) => isMember(id, { ...given, segments: defined })).map(({ id }) => id);

describe('a compiled condition', () => {
  it('means what the plain reading of it means', () => {
    fc.assert(
      fc.property(condition, situation, (tree, given) => {
        expect(truthOf(tree, given)).toBe(naiveTruth(tree, { ...given, segments: [] }));
      }),
      { numRuns: 500 },
    );
  });

  it('means so of each operator of a trait', () => {
    fc.assert(
      fc.property(traitCondition, situation, (test, given) => {
        expect(truthOf(test, given)).toBe(naiveTruth(test, { ...given, segments: [] }));
      }),
      { numRuns: 1500 },
    );
  });

  it('means so of each way to ask for what somebody did', () => {
    fc.assert(
      fc.property(historyCondition, situation, (test, given) => {
        expect(truthOf(test, given)).toBe(naiveTruth(test, { ...given, segments: [] }));
      }),
      { numRuns: 1500 },
    );
  });

  it('is not known just where its negation is not, and otherwise the opposite of it', () => {
    fc.assert(
      fc.property(condition, situation, (tree, given) => {
        const truth = truthOf(tree, given);

        expect(truthOf({ not: tree }, given)).toBe(truth === undefined ? undefined : !truth);
      }),
    );
  });
});

describe('segments', () => {
  it('hold those of their market and brand who are known to be what they ask for, by themselves and by others', () => {
    fc.assert(
      fc.property(segments, situation, (defined, given) => {
        const { definitions, person } = living(defined, given);

        const { members } = definitions.evaluate(person, given.now);

        expect([...members]).toEqual(membersAt(defined, { ...given, person }));
      }),
      { numRuns: 200 },
    );
  });

  it('change by time alone at no other times than they say', () => {
    fc.assert(
      fc.property(segments, situation, fc.array(distance, { maxLength: 20 }), (defined, given, later) => {
        const { definitions, person } = living(defined, given);
        const end = given.now + 40 * 86_400_000;
        const changes: number[] = [];
        let at: number | undefined = given.now;
        while (at !== undefined && at < end) {
          changes.push(at);
          at = definitions.evaluate(person, at).nextChange;
        }

        const looks = [...changes, ...changes.map((time) => time - 1), ...later.map((ms) => given.now + ms)];
        for (const now of looks.filter((time) => time >= given.now && time < end)) {
          const last = changes.findLast((time) => time <= now) ?? given.now;
          const { members } = definitions.evaluate(person, last);
          expect([...members]).toEqual(membersAt(defined, { ...given, person, now }));
        }
      }),
      { numRuns: 200 },
    );
  });

  it('come to the same when only what has changed is looked at', () => {
    fc.assert(
      fc.property(segments, situation, situation, distance, (defined, given, other, later) => {
        const { definitions, person: somebody } = living(defined, given);
        const { computed } = definitions;
        const { members, nextChange } = definitions.evaluate(somebody, given.now);
        const before = evaluated(somebody, members, nextChange);
        const now = given.now + later;
        const events = other.events.map((event) => ({ ...event, at: Math.min(event.at, now) }));
        const { profile, activity } = after({ ...before, profile: other.person.profile }, events, {
          computed,
          set: 'n',
        });
        const person: Person = {
          ...before,
          profile,
          activity: { ...activity, sums: other.person.activity.sums },
        };

        const all = definitions.evaluate(person, now);
        const affected = definitions.evaluate(person, now, before);

        expect([...affected.members].sort()).toEqual([...all.members].sort());
        // It may be earlier, for what was not looked at
        expect(affected.nextChange ?? Infinity).toBeLessThanOrEqual(all.nextChange ?? Infinity);
      }),
      { numRuns: 300 },
    );
  });
});

/** A person as they are stored once they were evaluated. */
const evaluated = (person: Person, members: ReadonlySet<string>, dueAt: number | undefined): Person => ({
  ...person,
  activity: {
    ...person.activity,
    definitionsVersion: 1,
    segments: Object.fromEntries([...members].map((id) => [id, 1])),
    ...(dueAt !== undefined && { dueAt }),
  },
});
