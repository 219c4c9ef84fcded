import { beforeEach, describe, expect, it } from 'vitest';
import { Pid } from '#shared/events/event.ts';
import { fingerprint } from '#shared/kernel/fingerprint.ts';
import type { Person, SeenId } from '#shared/profiles/activity.ts';
import type { IdentityRepository, PeopleRepository } from '#shared/profiles/people-repository.ts';
import { normalised } from '#test/support/events.ts';
import { mergeWrite, person } from '#test/support/person.ts';
import { newChunks } from '#test/support/timeline.ts';

const ada = Pid.parse('ada');
const bob = Pid.parse('bob');

/** A person as they are to be at a version, so that versions tell them apart. */
const at = (pid: Pid, version: number): Person =>
  person(pid, { activity: { version, profileVersion: version, lastSeenAt: version } });

/** What every people repository must do, with the identities that it claims: run by each one's own test. */
export function peopleRepositoryContract(
  name: string,
  create: () => Promise<{ readonly people: PeopleRepository; readonly identities: IdentityRepository }>,
): void {
  describe(`${name} keeps the people repository's contract`, () => {
    let people: PeopleRepository;
    let identities: IdentityRepository;
    beforeEach(async () => {
      ({ people, identities } = await create());
    });
    const find = async (pid: Pid) => (await people.findMany([pid], { consistent: true })).get(pid);
    const store = (stored: Person, claims: readonly string[] = []) =>
      people.write({ person: stored, profileChanged: true, claims });

    it('finds nobody before the first write, and then what was written', async () => {
      expect(await find(ada)).toBeUndefined();

      expect(await store(at(ada, 1))).toBe('written');

      expect(await find(ada)).toEqual(at(ada, 1));
    });

    it.each([1, 3])('refuses a write of version %i over version 1', async (version) => {
      await store(at(ada, 1));

      expect(await store(at(ada, version))).toBe('conflict');
      expect(await find(ada)).toEqual(at(ada, 1));
    });

    it('writes the activity alone when the profile has not changed', async () => {
      await store(at(ada, 1));
      const next = person(ada, { activity: { version: 2, profileVersion: 1, lastSeenAt: 9 } });

      expect(await people.write({ person: next, profileChanged: false, claims: [] })).toBe('written');
      expect(await find(ada)).toEqual(next);
    });

    it('claims identifiers with the write, and writes nothing when one is taken', async () => {
      await store(at(ada, 1), ['userId#u', 'anonymousId#a']);

      expect(await store(at(bob, 1), ['email#e', 'anonymousId#a'])).toBe('conflict');
      expect(await find(bob)).toBeUndefined();
      expect(await identities.owners(['userId#u', 'email#e'], { consistent: true })).toEqual(
        new Map([['userId#u', { pid: ada }]]),
      );
    });

    it('finds the survivor of a merge by either pid, and lets nobody write to the other', async () => {
      await store(at(ada, 1));
      await store(at(bob, 1));

      expect(await people.merge(mergeWrite({ winner: at(ada, 2), loser: at(bob, 1), at: 5 }))).toBe('merged');

      expect(await people.findMany([bob, ada], { consistent: true })).toEqual(
        new Map([
          [bob, at(ada, 2)],
          [ada, at(ada, 2)],
        ]),
      );
      expect(await store(at(bob, 2))).toBe('conflict');
      expect(await store(at(bob, 1))).toBe('conflict');
    });

    it.each([
      { name: 'winner', winner: at(ada, 3), loser: at(bob, 1) },
      { name: 'loser', winner: at(ada, 2), loser: at(bob, 2) },
    ])('refuses a merge whose $name changed meanwhile', async ({ winner, loser }) => {
      await store(at(ada, 1));
      await store(at(bob, 1));

      expect(await people.merge(mergeWrite({ winner, loser, at: 5 }))).toBe('conflict');
      expect(await find(bob)).toEqual(at(bob, 1));
    });

    it.each([0, 1])(
      'lets no late write revive who was absorbed, last stored at version %i',
      async (version) => {
        await store(at(ada, 1));
        if (version > 0) await store(at(bob, version));

        expect(await people.merge(mergeWrite({ winner: at(ada, 2), loser: at(bob, version), at: 5 }))).toBe(
          'merged',
        );

        for (const late of [version, version + 1]) {
          expect(await store(at(bob, Math.max(1, late)), ['email#late'])).toBe('conflict');
          expect(
            await people.write({ person: at(bob, Math.max(1, late)), profileChanged: false, claims: [] }),
          ).toBe('conflict');
        }
        expect(await people.merge(mergeWrite({ winner: at(ada, 3), loser: at(bob, version), at: 6 }))).toBe(
          'conflict',
        );
        expect(await find(bob)).toEqual(at(ada, 2));
        expect(await identities.owners(['email#late'], { consistent: true })).toEqual(new Map());
      },
    );

    it('finds the survivor through a chain of merges of any depth', async () => {
      const pids = Array.from({ length: 40 }, (_, index) => Pid.parse(`p${index}`));
      for (const pid of pids) await store(at(pid, 1));
      for (const [index, pid] of pids.slice(1).entries()) {
        const loser = person(`p${index}`, { activity: { version: index === 0 ? 1 : 2, profileVersion: 1 } });
        await people.merge(mergeWrite({ winner: at(pid, 2), loser, at: index }));
      }

      const found = await people.findMany(pids, { consistent: true });

      expect(new Set([...found.values()].map(({ pid }) => pid))).toEqual(new Set(['p39']));
      expect(found.size).toBe(40);
    });

    it('repoints an identifier only from where it was seen to point', async () => {
      await store(at(ada, 1), ['userId#u', 'email#e']);

      await identities.repoint([
        { key: 'userId#u', from: ada, to: bob },
        { key: 'email#e', from: bob, to: Pid.parse('eve') },
      ]);

      expect(await identities.owners(['userId#u', 'email#e'], { consistent: true })).toEqual(
        new Map([
          ['userId#u', { pid: bob }],
          ['email#e', { pid: ada }],
        ]),
      );
    });

    it('remembers spilled ids of any of the people asked about', async () => {
      await people.spill(ada, [
        [1_000, 'x'],
        [9_000_000, 'y'],
      ]);
      await people.spill(ada, [[1_001, 'z']]);

      expect(
        await people.findSpilled(
          [bob, ada],
          [
            [1_000, 'x'],
            [1_001, 'z'],
            [1_002, 'new'],
          ],
        ),
      ).toEqual(new Set(['x', 'z']));
    });

    it('notes redriven messages with the write, and writes nothing when one is noted', async () => {
      await store(at(ada, 1));
      const next = { person: at(ada, 2), profileChanged: true, claims: [], redriven: ['x', 'y'] };
      expect(await people.write(next)).toBe('written');

      expect(await people.write({ ...next, person: at(ada, 3), redriven: ['z', 'y'] })).toBe('conflict');

      expect(await find(ada)).toMatchObject({ activity: { version: 2 } });
      expect(await people.findRedriven([bob, ada], ['x', 'y', 'z'])).toEqual(new Set(['x', 'y']));
      expect(await people.findRedriven([bob], ['x'])).toEqual(new Set());
    });

    it('notes messages as redriven without a write of the person, and again as before', async () => {
      await people.keepRedriven(ada, ['x']);
      await people.keepRedriven(ada, ['x', 'y']);

      expect(await people.findRedriven([ada], ['x', 'y', 'z'])).toEqual(new Set(['x', 'y']));
    });

    it('finds the messages that timelines hold of some records, under several people', async () => {
      const events = ['m1', 'm2'].map((messageId, index) => ({ event: normalised({ messageId }), index }));
      const [one, two] = events.map(({ event }) => event.id);
      await people.keepTimeline([
        ...newChunks(ada, '7', events.slice(0, 1)),
        ...newChunks(bob, '7', events.slice(1)),
        ...newChunks(bob, '71', events.slice(0, 1)),
      ]);
      const of = (sequenceNumber: string) => ({ sequenceNumber, at: 1_000 });

      expect(await people.findTold([ada], [of('7')])).toEqual(new Set([one]));
      expect(await people.findTold([bob], [of('7')])).toEqual(new Set([two]));
      expect(await people.findTold([ada, bob], [of('71'), of('7')])).toEqual(new Set([one, two]));
      expect(await people.findTold([ada], [of('71'), { sequenceNumber: '7', at: 1_001 }])).toEqual(new Set());
    });

    it('remembers as many spilled ids of one hour as there come, by however many writers', async () => {
      const ids = Array.from({ length: 1_500 }, (_, n): SeenId => [n, fingerprint(`m${n}`)]);
      const parts = Array.from({ length: 15 }, (_, n) => ids.slice(n * 100, n * 100 + 100));

      await Promise.all(parts.map((part) => people.spill(ada, part)));
      await people.spill(ada, ids.slice(0, 300));

      expect(await people.findSpilled([ada], [...ids, [5, fingerprint('new')]])).toEqual(
        new Set(ids.map(([, id]) => id)),
      );
    });
  });
}
