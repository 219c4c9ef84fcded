import type { Person } from '#shared/profiles/activity.ts';
import type { PeopleScan } from '#shared/profiles/people-scan.ts';

/** Some order of pids that is not their own, as a table's hash of them is. */
function hashOf(pid: string): number {
  let hash = 7;
  for (let i = 0; i < pid.length; i++) hash = (Math.imul(hash, 31) + pid.charCodeAt(i)) >>> 0;
  return Math.imul(hash, 2_654_435_761) >>> 0;
}

/** Reads everybody in memory, as they are when a page is asked for: so many people a page. */
export function memoryPeopleScan(everybody: () => readonly Person[], pagePeople = 3): PeopleScan {
  const ordered = () =>
    everybody().toSorted((a, b) => hashOf(a.pid) - hashOf(b.pid) || (a.pid < b.pid ? -1 : 1));
  const isAfter = (pid: string, after: string): boolean =>
    hashOf(pid) > hashOf(after) || (hashOf(pid) === hashOf(after) && pid > after);

  return {
    async page({ segment, of }, after) {
      const theirs = ordered().filter(
        ({ pid }) =>
          Math.floor((hashOf(pid) / 2 ** 32) * of) === segment &&
          (after === undefined || isAfter(pid, after.pid)),
      );
      const people = theirs.slice(0, pagePeople);
      const last = theirs.length > pagePeople ? people.at(-1) : undefined;
      return {
        people,
        items: people.length * 2,
        readUnits: people.length / 2,
        ...(last !== undefined && { next: { pid: last.pid, sk: '!profile' } }),
      };
    },
    countItems: async () => everybody().length * 2,
  };
}
