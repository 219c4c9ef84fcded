import { beforeEach, describe, expect, it } from 'vitest';
import type { EpochMs } from '#shared/events/event.ts';
import type { Person } from '#shared/profiles/activity.ts';
import type { ErasureRepository } from '#shared/profiles/erasure-repository.ts';
import type { PeopleRepository } from '#shared/profiles/people-repository.ts';
import { DUE_SHARDS, type DueIndex, type DuePlace } from '#shared/segments/due-index.ts';
import { mergeWrite, person } from '#test/support/person.ts';

interface Index {
  readonly people: PeopleRepository;
  readonly erasures: ErasureRepository;
  readonly due: DueIndex;
}

const somebody = (pid: string, dueAt?: EpochMs, version = 1): Person =>
  person(pid, {
    activity: { version, profileVersion: version, ...(dueAt !== undefined && { dueAt }) },
  });

const LATEST = Number.MAX_SAFE_INTEGER;

/** What every index of who is due must do, with the people whose writes fill it: run by each one's own test. */
export function dueIndexContract(name: string, create: () => Promise<Index>): void {
  describe(`${name} keeps the index's contract`, () => {
    let index: Index;
    beforeEach(async () => {
      index = await create();
    });

    const write = (one: Person) => index.people.write({ person: one, profileChanged: true, claims: [] });

    /** Of all shards, a few at a time, the earliest first. */
    async function all({
      after,
      until = LATEST,
      limit = 2,
    }: {
      after?: number;
      until?: number;
      limit?: number;
    } = {}) {
      const found: DuePlace[] = [];
      for (let shard = 0; shard < DUE_SHARDS; shard++) {
        let behind: DuePlace | undefined;
        let hasMore = true;
        while (hasMore) {
          const page = await index.due.find({ shard, after, behind, until, limit });
          expect(page.people.length).toBeLessThanOrEqual(limit);
          const times = page.people.map(({ dueAt }) => dueAt);
          expect(times).toEqual(times.toSorted((a, b) => a - b));
          found.push(...page.people);
          behind = page.people.at(-1);
          hasMore = page.hasMore;
        }
      }
      return found.map(({ pid, dueAt }) => `${pid} ${dueAt}`).sort();
    }

    it('has nobody who is never to be looked at again', async () => {
      await write(somebody('ada'));

      expect(await all()).toEqual([]);
    });

    it.each([1, 2, 50])('has everybody else once, %i at a time', async (limit) => {
      const pids = Array.from({ length: 30 }, (_, n) => `p${n}`);
      for (const [n, pid] of pids.entries()) await write(somebody(pid, 1_000 + (n % 3)));

      expect(await all({ limit })).toEqual(pids.map((pid, n) => `${pid} ${1_000 + (n % 3)}`).sort());
    });

    it('goes on behind whoever was the last, also when they have gone meanwhile', async () => {
      for (const pid of ['ada', 'bob', 'eve', 'kim', 'lea']) await write(somebody(pid, 7));
      const shards = Array.from({ length: DUE_SHARDS }, (_, shard) => shard);
      const found: string[] = [];

      for (const shard of shards) {
        let behind: DuePlace | undefined;
        for (;;) {
          const { people } = await index.due.find({ shard, behind, until: 7, limit: 1 });
          behind = people[0];
          if (behind === undefined) break;
          found.push(behind.pid);
          await write(somebody(behind.pid, undefined, 2));
        }
      }

      expect(found.sort()).toEqual(['ada', 'bob', 'eve', 'kim', 'lea']);
      expect(await all()).toEqual([]);
    });

    it('has those after a moment and up to another, to the millisecond', async () => {
      for (const dueAt of [0, 1, 2, 3, 4]) await write(somebody(`due${dueAt}`, dueAt));

      expect(await all({ after: 1, until: 3 })).toEqual(['due2 2', 'due3 3']);
      expect(await all({ until: 0 })).toEqual(['due0 0']);
      expect(await all({ after: 3, until: 3 })).toEqual([]);
    });

    it('follows each write: a later one moves a person, or takes them off', async () => {
      await write(somebody('ada', 5));
      await write(somebody('bob', 5));

      await write(somebody('ada', 9, 2));
      await index.people.write({ person: somebody('bob', undefined, 2), profileChanged: false, claims: [] });
      await write(somebody('eve', 5, 7)); // loses

      expect(await all()).toEqual(['ada 9']);
    });

    it('has nobody who was absorbed or erased', async () => {
      for (const pid of ['ada', 'bob', 'eve']) await write(somebody(pid, 5));
      const [ada, bob, eve] = [somebody('ada', 8, 2), somebody('bob', 5), somebody('eve', 5)];

      await index.people.merge(mergeWrite({ winner: ada, loser: bob, at: 1 }));
      const erasure = {
        pid: eve.pid,
        at: 1,
        by: 'x',
        absorbed: [],
        parted: [],
        entities: [],
        identifiers: [],
      };
      await index.erasures.begin({ person: eve, erasure });

      expect(await all()).toEqual(['ada 8']);
    });

    it('gives people back with when they are due', async () => {
      await write(somebody('ada', 5));

      const { people } = index;
      const ada = somebody('ada').pid;
      expect((await people.findMany([ada], { consistent: true })).get(ada)?.activity.dueAt).toBe(5);
    });
  });
}
