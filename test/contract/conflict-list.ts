import { beforeEach, describe, expect, it } from 'vitest';
import { Pid } from '#shared/events/event.ts';
import type { Conflict, ConflictList } from '#shared/profiles/conflict.ts';
import type { PeopleRepository } from '#shared/profiles/people-repository.ts';
import { person } from '#test/support/person.ts';

const conflict = (pid: string, at: number, said: Partial<Conflict> = {}): Conflict => ({
  pid: Pid.parse(pid),
  identifier: `email#${at}@example.com`,
  reason: 'limit',
  at,
  source: 'shop',
  messageId: `m${at}`,
  market: 'fr',
  ...said,
});

/** What every list of conflicts must do, with the people whose writes fill it: run by each one's own test. */
export function conflictListContract(
  name: string,
  create: () => Promise<{ readonly people: PeopleRepository; readonly conflicts: ConflictList }>,
): void {
  describe(`${name} keeps the conflict list's contract`, () => {
    let people: PeopleRepository;
    let conflicts: ConflictList;
    beforeEach(async () => {
      ({ people, conflicts } = await create());
    });

    const write = (listed: readonly Conflict[], version = 1) =>
      people.write({
        person: person(listed[0]?.pid ?? 'nobody', { activity: { version, profileVersion: version } }),
        profileChanged: true,
        claims: [],
        conflicts: listed,
      });

    /** Every page of a list, a few at a time. */
    async function all(limit: number, filter: Parameters<ConflictList['newest']>[0]['filter'] = {}) {
      const found: Conflict[] = [];
      let before: string | undefined;
      do {
        const page = await conflicts.newest({ filter, before, limit });
        expect(page.conflicts.length).toBeLessThanOrEqual(limit);
        found.push(...page.conflicts);
        before = page.next;
      } while (before !== undefined);
      return found;
    }

    it('has nothing before the first write', async () => {
      expect(await conflicts.newest({ filter: {}, limit: 10 })).toEqual({ conflicts: [] });
    });

    it.each([1, 2, 3, 50])('lists those of everybody once, newest first, %i at a time', async (limit) => {
      const pids = ['ada', 'bob', 'eve', 'kim', 'lea'];
      const theirs = pids.map((pid, n) => [
        conflict(pid, 1_000 + n),
        conflict(pid, 500 - n),
        conflict(pid, 700),
      ]);
      for (const listed of theirs) await write(listed);

      const found = await all(limit);

      expect(found.map(({ at }) => at)).toEqual(
        theirs
          .flat()
          .map(({ at }) => at)
          .sort((a, b) => b - a),
      );
      expect(new Set(found)).toEqual(new Set(theirs.flat()));
    });

    it('keeps what is known of each', async () => {
      const whole = conflict('ada', 9, {
        reason: 'legal_entity',
        other: Pid.parse('bob'),
        legalEntity: 'acme',
        brand: 'main',
      });
      await write([whole]);

      expect(await all(5)).toEqual([whole]);
    });

    it('lists nothing of a write that lost', async () => {
      await write([conflict('ada', 1)]);

      expect(await write([conflict('ada', 2)])).toBe('conflict');
      expect(await all(5)).toEqual([conflict('ada', 1)]);
    });

    it.each([
      [{ reason: 'alias' } as const, [3]],
      [{ market: 'de' }, [2]],
      [{ market: 'fr', brand: 'main' }, [4]],
      [{ market: 'nowhere' }, []],
    ])('lists only what is asked for by %j', async (filter, times) => {
      await write([
        conflict('ada', 1),
        conflict('ada', 2, { market: 'de' }),
        conflict('ada', 3, { reason: 'alias' }),
        conflict('ada', 4, { brand: 'main' }),
      ]);

      expect((await all(2, filter)).map(({ at }) => at)).toEqual(times);
    });
  });
}
