import { beforeEach, describe, expect, it } from 'vitest';
import { Pid } from '#shared/events/event.ts';
import { fingerprint } from '#shared/kernel/fingerprint.ts';
import type { Person } from '#shared/profiles/activity.ts';
import type { Erasure, ErasureRepository } from '#shared/profiles/erasure-repository.ts';
import type { IdentityRepository, PeopleRepository } from '#shared/profiles/people-repository.ts';
import { mergeWrite, person } from '#test/support/person.ts';
import { newChunks } from '#test/support/timeline.ts';

const ada = Pid.parse('ada');
const bob = Pid.parse('bob');
const eve = Pid.parse('eve');

const at = (pid: Pid, version: number): Person =>
  person(pid, { activity: { version, profileVersion: version, lastSeenAt: version } });

const erasureOf = (pid: Pid): Erasure => ({
  pid,
  at: 50,
  by: 'u-admin',
  market: 'fr',
  absorbed: [bob],
  parted: [],
  entities: ['main'],
  identifiers: ['userId#u', 'email#e'],
});

interface Repositories {
  readonly people: PeopleRepository;
  readonly identities: IdentityRepository;
  readonly erasures: ErasureRepository;
}

/** What every erasure repository must do, beside the people who are erased: run by each one's own test. */
export function erasureRepositoryContract(name: string, create: () => Promise<Repositories>): void {
  describe(`${name} keeps the erasure repository's contract`, () => {
    let there: Repositories;
    beforeEach(async () => {
      there = await create();
      await store(at(ada, 1), ['main#userId#u', 'main#email#e']);
    });
    const find = async (pid: Pid) => (await there.people.findMany([pid], { consistent: true })).get(pid);
    const store = (stored: Person, claims: readonly string[] = []) =>
      there.people.write({ person: stored, profileChanged: true, claims });
    const begin = (read = at(ada, 1)) => there.erasures.begin({ person: read, erasure: erasureOf(read.pid) });

    it('leaves nobody in the place of the erased, and tells when that was', async () => {
      expect(await begin()).toBe('begun');

      expect(await find(ada)).toBeUndefined();
      expect(await there.people.findErased([ada, bob, ada])).toEqual(new Map([[ada, 50]]));
      expect(await there.erasures.find(ada)).toEqual(erasureOf(ada));
      expect(await there.erasures.find(bob)).toBeUndefined();
    });

    it.each([0, 2])('does nothing where the person is not of version %i any more', async (version) => {
      expect(await begin(at(ada, version))).toBe('conflict');

      expect(await find(ada)).toEqual(at(ada, 1));
      expect(await there.people.findErased([ada])).toEqual(new Map());
      expect(await there.erasures.find(ada)).toBeUndefined();
    });

    it('lets no write and no merge revive the erased', async () => {
      await store(at(eve, 1));
      await begin();

      for (const version of [1, 2]) {
        expect(await store(at(ada, version))).toBe('conflict');
        const late = { person: at(ada, version), profileChanged: false, claims: [] };
        expect(await there.people.write(late)).toBe('conflict');
      }
      expect(await there.people.merge(mergeWrite({ winner: at(eve, 2), loser: at(ada, 1), at: 6 }))).toBe(
        'conflict',
      );
      expect(await there.people.merge(mergeWrite({ winner: at(ada, 2), loser: at(eve, 1), at: 6 }))).toBe(
        'conflict',
      );
      expect(await find(ada)).toBeUndefined();
      expect(await begin()).toBe('conflict');
    });

    it('finds the erasure by whom the erased had absorbed', async () => {
      await store(at(bob, 1));
      await there.people.merge(mergeWrite({ winner: at(ada, 2), loser: at(bob, 1), at: 5 }));

      await begin(at(ada, 2));

      expect(await find(bob)).toBeUndefined();
      expect(await there.people.findErased([bob])).toEqual(new Map([[bob, 50]]));
      expect(await there.erasures.find(bob)).toEqual(erasureOf(ada));
    });

    it('sweeps what lies under the pids, so much at a time, and nothing of anybody else', async () => {
      await there.people.keepTimeline([ada, bob, eve].flatMap((pid) => newChunks(pid, '7')));
      await there.people.spill(ada, [[1, fingerprint('x')]]);
      await there.people.keepRedriven(bob, ['y']);
      await begin();

      const first = await there.erasures.sweep([ada, bob], 3);
      const second = await there.erasures.sweep([ada, bob], 100);

      expect(first.hasMore).toBe(true);
      expect(second.hasMore).toBe(false);
      expect(first.removed.event + second.removed.event).toBe(2);
      expect(first.removed.seen + second.removed.seen).toBe(1);
      expect(first.removed.redrive + second.removed.redrive).toBe(1);
      expect(await there.people.findSpilled([ada], [[1, fingerprint('x')]])).toEqual(new Set());
      expect(await there.people.findRedriven([bob], ['y'])).toEqual(new Set());
      expect((await there.erasures.sweep([eve], 100)).removed).toMatchObject({ event: 1 });
    });

    it('keeps the note and the tombstone while it sweeps, and the tombstone for ever', async () => {
      await begin();

      expect(await there.erasures.sweep([ada], 100)).toMatchObject({ hasMore: false });
      expect(await there.erasures.find(ada)).toEqual(erasureOf(ada));

      await there.erasures.finish(ada);
      await there.erasures.finish(ada);

      expect(await there.erasures.find(ada)).toBeUndefined();
      expect(await there.people.findErased([ada])).toEqual(new Map([[ada, 50]]));
      expect(await store(at(ada, 1))).toBe('conflict');
    });

    it('marks the rows of the erased, and leaves one that moved meanwhile', async () => {
      await store(at(eve, 1), ['main#userId#v']);

      await there.identities.vacate(
        [
          { key: 'main#userId#u', from: ada },
          { key: 'main#userId#v', from: ada },
          { key: 'main#userId#none', from: ada },
        ],
        { at: 50, until: 90 },
      );

      const keys = ['main#userId#u', 'main#userId#v', 'main#userId#none'];
      expect(await there.identities.owners(keys, { consistent: true })).toEqual(
        new Map([
          ['main#userId#u', { pid: ada, erasedAt: 50 }],
          ['main#userId#v', { pid: eve }],
        ]),
      );
    });

    it('gives a row that the erased left to whoever claims it, once, and remembers when that was', async () => {
      await begin();
      const claim = (pid: Pid, vacant = new Map([['main#userId#u', { pid: ada, erasedAt: 50 }]])) =>
        there.people.write({ person: at(pid, 1), profileChanged: true, claims: ['main#userId#u'], vacant });

      expect(await claim(eve, new Map())).toBe('conflict');
      expect(await claim(eve)).toBe('written');
      expect(await claim(bob)).toBe('conflict');

      expect(await there.identities.owners(['main#userId#u'], { consistent: true })).toEqual(
        new Map([['main#userId#u', { pid: eve, erasedAt: 50 }]]),
      );
    });
  });
}
