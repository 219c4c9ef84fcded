import { beforeEach, describe, expect, it } from 'vitest';
import { Pid } from '#shared/events/event.ts';
import type { Person } from '#shared/profiles/activity.ts';
import type { MergeRepository, UnmergeWrite } from '#shared/profiles/merge-repository.ts';
import type { PeopleRepository } from '#shared/profiles/people-repository.ts';
import { mergeWrite, person, stampedAt } from '#test/support/person.ts';

const ada = Pid.parse('ada');
const bob = Pid.parse('bob');
const cyd = Pid.parse('cyd');
const inseparable = { events: 2, traits: ['plan'], identifiers: ['email#e'], consents: [] };

const at = (pid: Pid, version: number): Person =>
  person(pid, {
    profile: { traits: { plan: { value: `v${version}`, ...stampedAt(version) } } },
    activity: { version, profileVersion: version, lastSeenAt: version },
  });

/** What every merge repository must do, beside the people whose merges it keeps: run by each one's own test. */
export function mergeRepositoryContract(
  name: string,
  create: () => Promise<{ readonly people: PeopleRepository; readonly merges: MergeRepository }>,
): void {
  describe(`${name} keeps the merge repository's contract`, () => {
    let people: PeopleRepository;
    let merges: MergeRepository;
    beforeEach(async () => {
      ({ people, merges } = await create());
      for (const pid of [ada, bob, cyd]) {
        await people.write({ person: at(pid, 1), profileChanged: true, claims: [] });
      }
    });
    const find = async (pid: Pid) => (await people.findMany([pid], { consistent: true })).get(pid);
    const merge = (winner: Person, loser: Person, time: number) =>
      people.merge(mergeWrite({ winner, loser, at: time }));
    const undo = async (over: Partial<UnmergeWrite> = {}): Promise<'unmerged' | 'conflict'> => {
      const [log] = await merges.logs([{ winner: ada, loser: bob, at: 5 }]);
      if (log === undefined) throw new TypeError('no log');
      return merges.unmerge({
        log,
        survivor: at(ada, 3),
        loser: at(bob, 3),
        parting: { survivor: ada, loser: bob, mergedAt: 5, at: 9, by: 'u-admin', inseparable },
        ...over,
      });
    };

    it('keeps who absorbed whom, when, why, and both as they were', async () => {
      const write = mergeWrite({ winner: at(ada, 2), loser: at(bob, 1), at: 5 });

      await people.merge(write);

      const log = { ...write.log, winner: ada, loser: bob, version: 2 };
      expect(await merges.logs([log, { winner: ada, loser: cyd, at: 5 }])).toEqual([log]);
      expect(await merges.logsOf(ada)).toEqual([log]);
      expect(await merges.logsOf(bob)).toEqual([]);
      expect(await merges.snapshot(log, 'winner')).toEqual(write.before.winner);
      expect(await merges.snapshot(log, 'loser')).toEqual(at(bob, 1));
      await expect(merges.snapshot({ ...log, loser: cyd }, 'loser')).rejects.toThrow('without its snapshot');
    });

    it('finds a tombstone for whom somebody absorbed, and for nobody else', async () => {
      await merge(at(ada, 2), at(bob, 1), 5);

      expect(await merges.tombstones([ada, bob, bob, Pid.parse('nobody')])).toEqual(
        new Map([[bob, { mergedInto: ada, version: 2 }]]),
      );
    });

    it('lists all merges of a survivor, and those only', async () => {
      await merge(at(ada, 2), at(bob, 1), 5);
      await merge(at(ada, 3), at(cyd, 1), 5);

      expect(new Set((await merges.logsOf(ada)).map(({ loser, version }) => `${loser} ${version}`))).toEqual(
        new Set(['bob 2', 'cyd 3']),
      );
    });

    it('writes both people, the log and the parting at once', async () => {
      await merge(at(ada, 2), at(bob, 1), 5);

      expect(await undo()).toBe('unmerged');

      expect(await find(ada)).toEqual(at(ada, 3));
      expect(await find(bob)).toEqual(at(bob, 3));
      expect(await merges.tombstones([bob])).toEqual(new Map());
      expect(await merges.logsOf(ada)).toMatchObject([{ loser: bob, undone: { at: 9, version: 3 } }]);
      const parting = { survivor: ada, loser: bob, mergedAt: 5, at: 9, by: 'u-admin', inseparable };
      expect(await merges.partingsOf(ada)).toEqual([parting]);
      expect(await merges.partingsOf(bob)).toEqual([parting]);
      expect(await merges.partingsOf(cyd)).toEqual([]);
    });

    it.each([
      { name: 'the survivor changed meanwhile', over: { survivor: at(ada, 4) } },
      { name: 'the survivor did not change at all', over: { survivor: at(ada, 2) } },
      { name: 'the loser is of another version', over: { loser: at(bob, 4) } },
    ])('does nothing when $name', async ({ over }) => {
      await merge(at(ada, 2), at(bob, 1), 5);

      expect(await undo(over)).toBe('conflict');

      expect(await find(bob)).toEqual(at(ada, 2));
      expect(await merges.partingsOf(bob)).toEqual([]);
      expect(await merges.logsOf(ada)).not.toHaveProperty('0.undone');
    });

    it('does it once', async () => {
      await merge(at(ada, 2), at(bob, 1), 5);
      await undo();

      expect(await undo()).toBe('conflict');
      expect(await undo({ survivor: at(ada, 4), loser: at(bob, 4) })).toBe('conflict');
      expect(await find(ada)).toEqual(at(ada, 3));
    });

    it('does nothing when the loser has become part of somebody else', async () => {
      await merge(at(ada, 2), at(bob, 1), 5);
      await undo();
      await merge(at(cyd, 2), at(bob, 3), 12);

      expect(await undo({ survivor: at(ada, 4), loser: at(bob, 5) })).toBe('conflict');
      expect(await find(bob)).toEqual(at(cyd, 2));
    });

    it('lets no write over what was before revive or undo anything', async () => {
      await merge(at(ada, 2), at(bob, 1), 5);
      await undo();

      for (const late of [at(bob, 1), at(bob, 2), at(bob, 3), at(ada, 2), at(ada, 3)]) {
        expect(await people.write({ person: late, profileChanged: true, claims: [] })).toBe('conflict');
      }
      expect(await people.write({ person: at(bob, 4), profileChanged: true, claims: [] })).toBe('written');
    });
  });
}
