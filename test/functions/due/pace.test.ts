import { describe, expect, it } from 'vitest';
import { pacer } from '#functions/due/pace.ts';

describe('pacer', () => {
  it('lets so many go in a second, whoever asks, and the first at once', async () => {
    let now = 100;
    const paused: number[] = [];
    const pace = pacer({
      rate: 1_000,
      clock: () => now,
      async pause(milliseconds) {
        paused.push(milliseconds);
        now += milliseconds;
      },
    });

    await pace(500);
    await pace(1_000);
    await pace(250);
    await pace(1);

    expect(paused).toEqual([500, 1_000, 250]);
  });

  it('does not save up what was not used', async () => {
    let now = 0;
    const pace = pacer({
      rate: 10,
      clock: () => now,
      async pause(milliseconds) {
        now += milliseconds;
      },
    });

    await pace(10);
    now = 60_000;
    await pace(10);
    await pace(10);

    expect(now).toBe(61_000);
  });

  it('makes those who ask at once wait one after the other', async () => {
    const paused: number[] = [];
    const pace = pacer({
      rate: 100,
      clock: () => 0,
      pause: async (milliseconds) => void paused.push(milliseconds),
    });

    await Promise.all([pace(10), pace(10), pace(10)]);

    expect(paused).toEqual([100, 200]);
  });
});
