import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AudienceChunk, AudienceSnapshot } from '#functions/runs/audience.ts';
import type { RunFiles } from '#functions/runs/run-files.ts';
import { chunkKey, planKey } from '#functions/runs/run-keys.ts';
import { AudienceTooLargeError, MAX_CHUNKS, snapshotAudience } from '#functions/runs/snapshot-audience.ts';
import { memoryAudience, memoryRunFiles } from '#test/support/runs.ts';

const run = { kind: 'exports', runId: 'r1', segment: 'loyal', chunkSize: 3 } as const;
const pid = (n: number): string => `p${String(n).padStart(2, '0')}`;
const people = fc.uniqueArray(fc.nat(40), { maxLength: 20 }).map((all) => all.map(pid));

/** Everybody in the chunks that a snapshot names, in order. */
async function listed(
  snapshot: AudienceSnapshot,
  files: ReturnType<typeof memoryRunFiles>,
): Promise<string[]> {
  const chunks = await Promise.all(snapshot.chunks.map(({ key }) => files.readJson(key, AudienceChunk)));
  return chunks.flatMap(({ pids }) => pids);
}

describe('a snapshot of an audience', () => {
  it('holds every member once, in chunks of the size asked for', async () => {
    await fc.assert(
      fc.asyncProperty(people, async (members) => {
        const files = memoryRunFiles();

        const snapshot = await snapshotAudience(run, { audience: memoryAudience(members), files });

        expect((await listed(snapshot, files)).sort()).toEqual(members.toSorted());
        expect(snapshot.members).toBe(members.length);
        expect(snapshot.chunks).toHaveLength(Math.max(1, Math.ceil(members.length / 3)));
      }),
    );
  });

  it('is the same for all attempts that run at once while people come and go, and holds nobody twice', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        people,
        people,
        people,
        async (scheduler, members, comers, leavers) => {
          const audience = memoryAudience(members);
          const files = memoryRunFiles();
          const ports: Parameters<typeof snapshotAudience>[1] = {
            audience: { ...audience, membersAfter: scheduler.scheduleFunction(audience.membersAfter) },
            files: {
              ...files,
              keepJson: (...call) =>
                scheduler.schedule(Promise.resolve()).then(() => files.keepJson(...call)),
            },
          };
          scheduler.schedule(Promise.resolve()).then(() => {
            for (const one of comers) audience.members.add(one);
            for (const one of leavers) audience.members.delete(one);
          });

          const attempts = [snapshotAudience(run, ports), snapshotAudience(run, ports)];
          await scheduler.waitIdle();
          const [first, second] = await Promise.all(attempts);

          expect(second).toEqual(first);
          const pids = first === undefined ? [] : await listed(first, files);
          expect(new Set(pids).size).toBe(pids.length);
          const stayed = members.filter((one) => !leavers.includes(one));
          expect(pids).toEqual(expect.arrayContaining(stayed));
          expect(pids.filter((one) => !members.includes(one) && !comers.includes(one))).toEqual([]);
        },
      ),
    );
  });

  it('goes on after the chunks of an attempt that was killed', async () => {
    const audience = memoryAudience(['a0', 'b0', 'c0', 'd0', 'e0']);
    const files = memoryRunFiles();
    let puts = 0;
    const dying: RunFiles = {
      ...files,
      keepJson: async (...call) => {
        if (++puts === 2) throw new Error('killed');
        return files.keepJson(...call);
      },
    };
    await expect(snapshotAudience(run, { audience, files: dying })).rejects.toThrow('killed');
    audience.members.delete('b0');
    audience.members.add('aa0');

    const snapshot = await snapshotAudience(run, { audience, files });

    expect(await listed(snapshot, files)).toEqual(['a0', 'b0', 'c0', 'd0', 'e0']);
    expect(snapshot.chunks.map(({ key }) => key)).toEqual([chunkKey(run, 1), chunkKey(run, 2)]);
    expect(await files.readJson(planKey(run), AudienceSnapshot)).toEqual(snapshot);
  });

  it('is refused when the state machine could not carry its chunks', async () => {
    const crowd = Array.from({ length: MAX_CHUNKS + 1 }, (_, n) => `${n}x0`);
    const ports = { audience: memoryAudience(crowd), files: memoryRunFiles() };

    await expect(snapshotAudience({ ...run, chunkSize: 1 }, ports)).rejects.toThrow(AudienceTooLargeError);
  });
});
