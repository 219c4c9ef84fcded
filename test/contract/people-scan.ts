import { beforeEach, describe, expect, it } from 'vitest';
import { Pid } from '#shared/events/event.ts';
import type { Person } from '#shared/profiles/activity.ts';
import type { ErasureRepository } from '#shared/profiles/erasure-repository.ts';
import type { PeopleRepository } from '#shared/profiles/people-repository.ts';
import type { PeopleScan, ScanPlace } from '#shared/profiles/people-scan.ts';
import { mergeWrite, person } from '#test/support/person.ts';
import { newChunks } from '#test/support/timeline.ts';

const at = (pid: Pid, version: number): Person =>
  person(pid, { activity: { version, profileVersion: version, lastSeenAt: version } });

const ERASURE = { at: 5, by: 'u', absorbed: [], parted: [], entities: [], identifiers: [] };

interface Scanned {
  readonly people: PeopleRepository;
  readonly erasures: ErasureRepository;
  readonly scan: PeopleScan;
}

/** Everybody in one of so many parts, page by page. */
export async function scanPart(scan: PeopleScan, segment: number, of: number): Promise<readonly Person[]> {
  const found: Person[] = [];
  let after: ScanPlace | undefined;
  do {
    const page = await scan.page({ segment, of }, after);
    found.push(...page.people);
    after = page.next;
  } while (after !== undefined);
  return found;
}

/**
 * What every scan of people must do: run by each one's own test, with pages that end wherever they can.
 */
export function peopleScanContract(name: string, create: () => Promise<Scanned>): void {
  describe(`${name} keeps the contract of scans`, () => {
    let there: Scanned;
    beforeEach(async () => {
      there = await create();
    });
    const store = (stored: Person) =>
      there.people.write({ person: stored, profileChanged: true, claims: [] });
    const pids = Array.from({ length: 40 }, (_, index) => Pid.parse(`p${index}`));
    const byPid = (people: readonly Person[]) => people.toSorted((a, b) => (a.pid < b.pid ? -1 : 1));
    const scanAll = async (of: number) => {
      const parts = await Promise.all(Array.from({ length: of }, (_, n) => scanPart(there.scan, n, of)));
      return parts.flat();
    };

    it('finds nobody where nobody is', async () => {
      expect(await scanAll(2)).toEqual([]);
    });

    it.each([1, 2, 7])('finds everybody once in %i parts, whole, whatever lies between them', async (of) => {
      for (const [n, pid] of pids.entries()) {
        await store(at(pid, 1));
        if (n % 3 === 0) await there.people.keepTimeline(newChunks(pid, '7'));
        if (n % 4 === 0) await there.people.spill(pid, [[1_000, `x${n}`]]);
      }

      expect(byPid(await scanAll(of))).toEqual(byPid(pids.map((pid) => at(pid, 1))));
      expect(await there.scan.countItems()).toBeGreaterThanOrEqual(2 * pids.length);
    });

    it('goes on behind a page, also when who ended it is gone', async () => {
      for (const pid of pids) await store(at(pid, 1));
      const found: Person[] = [];
      let next: ScanPlace | undefined;
      let isErased = false;
      do {
        const page = await there.scan.page({ segment: 0, of: 1 }, next);
        found.push(...page.people);
        next = page.next;
        const gone = page.people.at(-1);
        if (isErased || gone === undefined) continue;
        const erasure = { ...ERASURE, pid: gone.pid };
        expect(await there.erasures.begin({ person: gone, erasure })).toBe('begun');
        isErased = true;
      } while (next !== undefined);

      expect(new Set(found.map(({ pid }) => pid))).toEqual(new Set(pids));
    });

    it('passes over who was absorbed or erased, and finds the survivor once', async () => {
      const [ada = Pid.parse('a'), bob = Pid.parse('b'), eve = Pid.parse('e')] = pids;
      for (const pid of [ada, bob, eve]) await store(at(pid, 1));
      await there.people.merge(mergeWrite({ winner: at(ada, 2), loser: at(bob, 1), at: 5 }));
      const erasure = { ...ERASURE, pid: eve };
      await there.erasures.begin({ person: at(eve, 1), erasure });

      expect(await scanAll(3)).toEqual([at(ada, 2)]);
    });

    it('says what it reads', async () => {
      for (const pid of pids) await store(at(pid, 1));

      let units = 0;
      let items = 0;
      for (let next: ScanPlace | undefined, first = true; first || next !== undefined; first = false) {
        const page = await there.scan.page({ segment: 0, of: 1 }, next);
        units += page.readUnits;
        items += page.items;
        next = page.next;
      }

      expect(items).toBe(2 * pids.length);
      expect(units).toBeGreaterThan(0);
    });
  });
}
