import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pid } from '#shared/events/event.ts';
import type { Person } from '#shared/profiles/activity.ts';
import { canonicalState } from '#shared/profiles/canonical.ts';
import { foldEvents, newPerson } from '#shared/profiles/fold.ts';
import { mergePeople } from '#shared/profiles/merge.ts';
import { type MergeLog, mergesToRead } from '#shared/profiles/merge-log.ts';
import { traitSaid } from '#shared/profiles/merge-traits.ts';
import type { NormalisedEvent } from '#shared/profiles/normalise-event.ts';
import { compareSeen } from '#shared/profiles/register.ts';
import { isSeen } from '#shared/profiles/seen.ts';
import { unmergePeople } from '#shared/profiles/unmerge.ts';
import { eventTotal } from '#shared/profiles/unmerge-counts.ts';
import { traitRules } from '#shared/traits/trait-definition.ts';
import { OF_EACH_KIND } from '#test/support/computed-rules.ts';
import { history as calls, spreadOut } from '#test/support/events.ts';

const history = (maxLength: number) => calls(maxLength).map(spreadOut);

/** One rule of each kind, for the traits that histories say. */
const traits = traitRules([
  { id: 'plan', strategy: 'mostTrustedSource', sources: ['app'] },
  { id: 'tags', strategy: 'union' },
]);

const pidOf = (text: string): Pid => Pid.parse(text);

function fold(person: Person, events: readonly NormalisedEvent[]): Person {
  const resolved = events.map((event) => ({ event, link: event.identifiers, refused: [] }));
  const folded = foldEvents(person, resolved, { spilled: new Set(), traits, computed: OF_EACH_KIND });
  return { ...folded.person, activity: { ...folded.person.activity, version: person.activity.version + 1 } };
}

/** What one person did, with messages and identifiers that nobody else has. */
const of = (pid: string, events: readonly NormalisedEvent[]): readonly NormalisedEvent[] =>
  events.map((event, index) => ({
    ...event,
    id: `${pid}${event.id}`,
    identifiers: [`anonymousId#${pid}${index % 3}`],
  }));

const someone = (pid: string, events: readonly NormalisedEvent[]): Person =>
  fold(newPerson(pidOf(pid), pid.charCodeAt(0)), of(pid, events));

/** A survivor with the log of what they absorbed and what was undone, as the table would hold it. */
function survivorOf(first: Person) {
  const logs: { log: MergeLog; winner: Person; loser: Person }[] = [];
  let now = first;
  return {
    now: () => now,
    absorb(loser: Person): void {
      const merged = mergePeople(now, loser, { at: 9, traits, computed: OF_EACH_KIND });
      expect(merged.loser).toBe(loser.pid);
      const version = now.activity.version + 1;
      const cause = { source: 's', messageId: 'm', at: 1, ofWinner: [], ofLoser: [] };
      logs.push({
        log: { winner: now.pid, loser: loser.pid, at: 9, version, cause },
        winner: now,
        loser,
      });
      now = { ...merged.winner, activity: { ...merged.winner.activity, version } };
    },
    live(events: readonly NormalisedEvent[]): void {
      now = fold(now, events);
    },
    setApart(pid: Pid) {
      const undo = logs.find(({ log }) => log.loser === pid && log.undone === undefined);
      if (undo === undefined) throw new TypeError(`${pid} is not absorbed`);
      const toRead = mergesToRead(
        logs.map(({ log }) => log),
        undo.log,
      );
      const entryOf = (wanted: MergeLog) => {
        const found = logs.find(({ log }) => log === wanted);
        if (found === undefined) throw new TypeError('no such merge');
        return found;
      };
      const [first, ...others] = toRead.own;
      const unmerged = unmergePeople(
        {
          now,
          loser: undo.loser,
          own: [entryOf(first).winner, ...others.map((log) => entryOf(log).winner)],
          kept: toRead.kept.map((log) => entryOf(log).loser),
          gone: toRead.gone.map((log) => entryOf(log).loser),
        },
        { at: 10, traits, computed: OF_EACH_KIND },
      );
      const version = now.activity.version + 1;
      undo.log = { ...undo.log, undone: { at: 10, version } };
      now = { ...unmerged.survivor, activity: { ...unmerged.survivor.activity, version } };
      return unmerged;
    },
  };
}

const total = ({ activity }: Person): number => eventTotal(activity);
const some = history(8).filter(({ length }) => length > 0);

describe('unmergePeople', () => {
  it('straight after a merge gives both back as they were, byte for byte', () => {
    fc.assert(
      fc.property(history(40), history(40), (mine, theirs) => {
        const [a, b] = [someone('a', mine), someone('b', theirs)];
        const survivor = survivorOf(a);

        survivor.absorb(b);
        const { loser, inseparable } = survivor.setApart(b.pid);

        expect(canonicalState(survivor.now())).toBe(canonicalState(a));
        expect(canonicalState(loser)).toBe(canonicalState(b));
        expect(survivor.now().activity.affirmed).toEqual(a.activity.affirmed);
        expect(survivor.now().profile).toEqual({ ...a.profile, parted: { b: 10 } });
        expect(loser.profile).toEqual({ ...b.profile, parted: { a: 10 } });
        expect(inseparable).toEqual({ events: 0, traits: [], identifiers: [], consents: [] });
      }),
      { numRuns: 150 },
    );
  });

  it('gives back whoever is set apart of several, in any order, and leaves the others together', () => {
    fc.assert(
      fc.property(
        fc.array(some, { minLength: 4, maxLength: 4 }),
        fc.shuffledSubarray(['b', 'c', 'd'], { minLength: 1 }),
        (lives, leaving) => {
          const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((pid, index) => someone(pid, lives[index] ?? []));
          if (a === undefined || b === undefined || c === undefined || d === undefined) throw new TypeError();
          const survivor = survivorOf(a);
          for (const other of [b, c, d]) survivor.absorb(other);

          const left = new Map([b, c, d].map((person) => [String(person.pid), person]));
          for (const pid of leaving) {
            const { loser } = survivor.setApart(pidOf(pid));
            const before = left.get(pid);
            left.delete(pid);
            const rest = [...left.values()].reduce(
              (all, person) => mergePeople(all, person, { at: 9, traits, computed: OF_EACH_KIND }).winner,
              a,
            );

            expect(canonicalState(loser)).toBe(before && canonicalState(before));
            expect(canonicalState(survivor.now())).toBe(canonicalState(rest));
            expect(Object.keys(survivor.now().profile.absorbed)).toEqual([...left.keys()]);
          }
          expect(Object.keys(survivor.now().profile.parted).sort()).toEqual(leaving.toSorted());
        },
      ),
      { numRuns: 200 },
    );
  });

  it('does so too when somebody is absorbed after another was set apart', () => {
    fc.assert(
      fc.property(fc.array(some, { minLength: 4, maxLength: 4 }), (lives) => {
        const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((pid, index) => someone(pid, lives[index] ?? []));
        if (a === undefined || b === undefined || c === undefined || d === undefined) throw new TypeError();
        const survivor = survivorOf(a);

        survivor.absorb(b);
        survivor.absorb(c);
        survivor.setApart(b.pid);
        survivor.absorb(d);
        survivor.setApart(c.pid);

        expect(canonicalState(survivor.now())).toBe(
          canonicalState(mergePeople(a, d, { at: 9, traits, computed: OF_EACH_KIND }).winner),
        );
        survivor.setApart(d.pid);
        expect(canonicalState(survivor.now())).toBe(canonicalState(a));
      }),
      { numRuns: 100 },
    );
  });

  it('leaves what came since with the survivor, and counts nothing twice or not at all', () => {
    fc.assert(
      fc.property(history(20), history(20), history(20), (mine, theirs, since) => {
        const [a, b] = [someone('a', mine), someone('b', theirs)];
        const later = of('x', since);
        const survivor = survivorOf(a);

        survivor.absorb(b);
        survivor.live(later);
        const before = survivor.now();
        const { loser, inseparable } = survivor.setApart(b.pid);

        const alone = fold(a, later);
        const { events, otherEvents, sums, recent } = survivor.now().activity;
        const counts = (of: Person['activity']['events']) =>
          Object.fromEntries(Object.entries(of).map(([name, { count }]) => [name, count]));
        expect(total(survivor.now()) + total(loser)).toBe(total(before));
        expect(inseparable.events).toBe(later.length);
        expect([counts(events), otherEvents]).toEqual([
          counts(alone.activity.events),
          alone.activity.otherEvents,
        ]);
        for (const [name, amounts] of Object.entries(alone.activity.sums)) {
          for (const [currency, minor] of Object.entries(amounts)) {
            expect(sums[name]?.[currency] ?? 0).toBe(minor);
          }
        }
        expect(recent.every(([, , id]) => !b.activity.recent.some(([, , theirs]) => theirs === id))).toBe(
          true,
        );
        expect(loser.activity).toMatchObject({ events: b.activity.events, sums: b.activity.sums });
        expect(loser.profile).toMatchObject({ traits: b.profile.traits, identifiers: b.profile.identifiers });
        expect(inseparable.identifiers).toEqual(
          [...new Set(later.flatMap(({ identifiers }) => identifiers))].sort(),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('keeps nothing of the other with the survivor that the survivor did not say again', () => {
    fc.assert(
      fc.property(history(20), history(20), history(20), (mine, theirs, since) => {
        const [a, b] = [someone('a', mine), someone('b', theirs)];
        const survivor = survivorOf(a);

        survivor.absorb(b);
        survivor.live(of('x', since));
        survivor.setApart(b.pid);

        const { consents, identifiers, market, brand } = survivor.now().profile;
        for (const name of Object.keys(survivor.now().profile.traits)) {
          for (const { last } of traitSaid(survivor.now(), name)) expect(last[1]).not.toMatch(/^b/);
        }
        for (const { id } of [...Object.values(consents), ...Object.values(identifiers)]) {
          expect(id).not.toMatch(/^b/);
        }
        for (const origin of [market, brand]) expect(origin?.id ?? '').not.toMatch(/^b/);
      }),
      { numRuns: 200 },
    );
  });

  it('lets both know of every message that either knew of', () => {
    fc.assert(
      fc.property(history(40), history(40), history(10), (mine, theirs, since) => {
        const [a, b] = [someone('a', mine), someone('b', theirs)];
        const survivor = survivorOf(a);

        survivor.absorb(b);
        survivor.live(of('x', since));
        const known = survivor.now().activity.seen;
        const { loser } = survivor.setApart(b.pid);

        expect(survivor.now().activity.seen).toEqual(known);
        expect(loser.activity.seen).toEqual(known);
        for (const message of b.activity.seen.ids) {
          const isBelow = known.lowWater !== undefined && compareSeen(message, known.lowWater) <= 0;
          expect(isBelow || isSeen(known, message[1])).toBe(true);
        }
      }),
    );
  });
});
