import { afterEach, describe, expect, it } from 'vitest';
import { aheadMs, moveClock, newClockOffset, tellTimeBy } from '#local/clock.ts';

const RealDate = globalThis.Date;
afterEach(() => {
  globalThis.Date = RealDate;
});

describe('a clock that can be moved', () => {
  it('tells the time of the machine until it is moved, and then goes on from there', () => {
    const offset = newClockOffset();
    tellTimeBy(offset);
    const ahead = () => Math.round((Date.now() - RealDate.now()) / 1000);
    expect([ahead(), aheadMs()]).toEqual([0, 0]);

    moveClock(offset, 86_400_000);
    moveClock(offset, 1_000);

    expect([ahead(), aheadMs()]).toEqual([86_401, 86_401_000]);
    expect(Math.round((Date.now() - RealDate.now()) / 1000)).toBe(86_401);
  });

  it('is never put back', () => {
    const offset = newClockOffset();
    tellTimeBy(offset);

    moveClock(offset, -5_000);

    expect(aheadMs()).toBe(0);
  });

  it('leaves all else of dates as it is', () => {
    const offset = newClockOffset();
    tellTimeBy(offset);
    moveClock(offset, 5_000);

    const day = new Date(2026, 1, 3);

    expect(day.getDate()).toBe(3);
    expect(new Date(7).getTime()).toBe(7);
    expect(day).toBeInstanceOf(Date);
    expect(day).toBeInstanceOf(RealDate);
    expect(Date.UTC(1970, 0, 1)).toBe(0);
    expect(Date.parse('1970-01-01T00:00:01Z')).toBe(1_000);
  });
});
