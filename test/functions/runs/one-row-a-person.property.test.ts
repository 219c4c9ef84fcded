import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AudienceChunk, type AudienceSnapshot } from '#functions/runs/audience.ts';
import { servingPids } from '#functions/runs/one-row-a-person.ts';
import { snapshotAudience } from '#functions/runs/snapshot-audience.ts';
import { Pid } from '#shared/events/event.ts';
import type { Person } from '#shared/profiles/activity.ts';
import { person } from '#test/support/person.ts';
import { memoryAudience, memoryRunFiles } from '#test/support/runs.ts';

const PIDS = ['a1', 'b0', 'c1', 'd0', 'e1', 'f0'].map((pid) => Pid.parse(pid));

/** People who may be merged: who each pid has come to be, and when the others became them. */
function population() {
  const mergedInto = new Map<Pid, Pid>();
  const absorbed = new Map<Pid, Record<Pid, number>>();
  const survivor = (pid: Pid): Pid => {
    const next = mergedInto.get(pid);
    return next === undefined ? pid : survivor(next);
  };
  return {
    survivor,
    read: (pid: Pid): Person =>
      person(survivor(pid), { profile: { absorbed: absorbed.get(survivor(pid)) ?? {} } }),
    merge(one: Pid, other: Pid, at: number): void {
      const [winner, loser] = [survivor(one), survivor(other)];
      if (winner === loser) return;
      mergedInto.set(loser, winner);
      absorbed.set(winner, { ...absorbed.get(winner), ...absorbed.get(loser), [loser]: at });
    },
  };
}

async function snapshotOf(members: readonly Pid[]) {
  const ports = { audience: memoryAudience(members), files: memoryRunFiles() };
  const run = { kind: 'exports', runId: 'r1', segment: 'loyal', chunkSize: 2 } as const;
  const snapshot = await snapshotAudience(run, ports);
  return { snapshot, ports };
}

type Snapshot = { snapshot: AudienceSnapshot; ports: Parameters<typeof servingPids>[1] };

/** What one step serves: the pids of its chunk, and the people whom they mean when it reads them. */
async function step({ snapshot, ports }: Snapshot, key: string, read: (pid: Pid) => Person) {
  const { pids } = await ports.files.readJson(key, AudienceChunk);
  const people = new Map(pids.map((pid) => [pid, read(pid)]));
  const serving = await servingPids(snapshot, ports)(people);
  return [...serving].map((pid) => ({ pid, as: people.get(pid)?.pid }));
}

const anyPid = fc.constantFrom(...PIDS);
const merges = fc.array(fc.tuple(anyPid, anyPid), { maxLength: 5 });
const members = fc.uniqueArray(anyPid);

describe('one row a person', () => {
  it('serves everybody once when people were merged before the steps', async () => {
    await fc.assert(
      fc.asyncProperty(members, merges, async (inSnapshot, pairs) => {
        const people = population();
        const taken = await snapshotOf(inSnapshot);
        for (const [one, other] of pairs) people.merge(one, other, 1);

        const served = await Promise.all(
          taken.snapshot.chunks.map(({ key }) => step(taken, key, people.read)),
        );

        const expected = new Set(inSnapshot.map(people.survivor));
        expect(
          served
            .flat()
            .map(({ as }) => as)
            .sort(),
        ).toEqual([...expected].sort());
      }),
    );
  });

  it('leaves nobody out when people are merged between the steps, in whatever order these run', async () => {
    await fc.assert(
      fc.asyncProperty(
        members,
        fc.array(merges, { minLength: 3, maxLength: 3 }),
        fc.boolean(),
        async (inSnapshot, between, reversed) => {
          const people = population();
          const taken = await snapshotOf(inSnapshot);
          const keys = taken.snapshot.chunks.map(({ key }) => key);
          const served: { pid: Pid; as: Pid | undefined }[] = [];

          let now = 0;
          for (const [n, key] of (reversed ? keys.toReversed() : keys).entries()) {
            served.push(...(await step(taken, key, people.read)));
            for (const [one, other] of between[n] ?? []) people.merge(one, other, ++now);
          }

          const reached = new Set(served.map(({ pid }) => people.survivor(pid)));
          expect(reached).toEqual(new Set(inSnapshot.map(people.survivor)));
          // as one person twice only where the survivor is nobody of the snapshot
          const twice = served.filter(({ pid, as }) =>
            served.some((other) => other.as === as && other.pid !== pid),
          );
          expect(twice.filter(({ as }) => as !== undefined && inSnapshot.includes(as))).toEqual([]);
        },
      ),
    );
  });
});
