import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { logger } from '#functions/runtime/telemetry.ts';
import { AGAIN_AFTER_MS } from '#shared/segments/sweep-pass.ts';
import { passingTime } from '#test/support/deadlines/passing-time.ts';
import { HOUR, MINUTE, standsAt } from '#test/support/deadlines/timed-definitions.ts';

const plan = fc.record({ seed: fc.nat(1_000_000), minutes: fc.integer({ min: 3, max: 40 }) });

/** So long that each pass has been over everybody once more. */
const ALL_PASSES = AGAIN_AFTER_MS.flatMap((wait) => [MINUTE, wait]);

type World = ReturnType<typeof passingTime>;

/** Whoever does not stand as an evaluation from scratch says, and who is not to be looked at again in time. */
function wrong({ there }: World): readonly string[] {
  const now = there.clock.now;
  return there.everybody().flatMap((person) => {
    const { pid, activity } = person;
    const { members, nextChange = Number.POSITIVE_INFINITY } = standsAt(person, now);
    const dueAt = activity.dueAt ?? Number.POSITIVE_INFINITY;
    const stands = Object.keys(activity.segments).sort().join();
    return [
      ...(stands === [...members].sort().join()
        ? []
        : [`${pid} is in ${stands} and should be in ${[...members]}`]),
      ...(dueAt > now && dueAt <= nextChange ? [] : [`${pid} is due ${dueAt - now} ms after now`]),
    ];
  });
}

describe('deadlines, while calls fail, λs end, ticks are lost and nothing runs for hours', () => {
  beforeAll(() => logger.setLogLevel('SILENT'));

  it('are all met: in the end everybody stands as an evaluation from scratch says', async () => {
    await fc.assert(
      fc.asyncProperty(plan, async (planned) => {
        const world = passingTime(planned);
        await world.storm();

        await world.pass(...ALL_PASSES, MINUTE);

        expect(wrong(world)).toEqual([]);
        expect(world.onTheWay()).toBe(0);
      }),
      { numRuns: 40 },
    );
  }, 60_000);

  it('put each person on the stream once for each, when nothing fails', async () => {
    await fc.assert(
      fc.asyncProperty(plan, async (planned) => {
        const world = passingTime(planned);
        await world.storm();
        await world.pass(...ALL_PASSES, MINUTE);
        const before = world.put();

        await world.pass(...Array.from({ length: 24 }, () => HOUR));

        expect(world.put() - before).toBeLessThanOrEqual(24 * world.there.everybody().length);
        expect(wrong(world)).toEqual([]);
      }),
      { numRuns: 15 },
    );
  }, 60_000);
});
