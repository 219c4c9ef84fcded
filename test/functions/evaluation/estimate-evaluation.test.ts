import { describe, expect, it } from 'vitest';
import { PRICES } from '#bench/prices.ts';
import { estimateEvaluation, USD_A_MILLION } from '#functions/evaluation/estimate-evaluation.ts';
import { memoryPeopleScan } from '#test/support/memory-people-scan.ts';
import { person } from '#test/support/person.ts';

describe('estimateEvaluation', () => {
  it('asks the prices of docs/cost.md', () => {
    expect(USD_A_MILLION).toEqual({
      readUnit: PRICES.readUnit.usd,
      writeUnit: PRICES.writeUnit.usd,
      announcement: PRICES.busEvent.usd,
    });
  });

  it('is exact for a table that is read in one page, whatever its count of hours ago was', async () => {
    const scan = memoryPeopleScan(() => [person('a'), person('b')], 50);

    expect(await estimateEvaluation({ scan: { ...scan, countItems: async () => 900 } })).toMatchObject({
      items: 4,
      people: 2,
      readUnits: 1,
      minutes: 1,
    });
  });

  it('takes a part for the whole of a large one', async () => {
    const everybody = Array.from({ length: 20_000 }, (_, n) => person(`p${n}`));

    const estimate = await estimateEvaluation({ scan: memoryPeopleScan(() => everybody, 5_000) });

    expect(estimate).toMatchObject({ items: 40_000, people: 20_000, readUnits: 10_000, minutes: 1 });
    expect(estimate.changesAtMostUsd).toBeCloseTo(0.045);
  });

  it('says how long a very large one takes', async () => {
    const scan = {
      countItems: async () => 360e6,
      page: async () => ({
        people: Array.from({ length: 100 }, (_, n) => person(`p${n}`)),
        items: 1_200,
        readUnits: 110,
      }),
    };

    const estimate = await estimateEvaluation({ scan });

    expect(estimate).toMatchObject({ people: 30e6, readUnits: 33e6 });
    expect(estimate.readsUsd).toBeCloseTo(4.125);
    expect(estimate.minutes).toBe(62);
  });
});
