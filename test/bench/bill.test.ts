import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ASSUMED, billedMs, billOf, sumOf, type Used } from '#bench/bill.ts';
import { KINDS } from '#bench/capacity.ts';
import { fixedRows, usdOfRows } from '#bench/fixed.ts';
import { PRICES, usdOf } from '#bench/prices.ts';

const Units = fc.record(Object.fromEntries(KINDS.map((kind) => [kind, fc.nat(1_000_000)])));

const used = (more: Partial<Used> = {}): Used => ({
  requests: 0,
  payloadUnits: 0,
  dynamodb: { read: nothing, write: nothing, index: 0 },
  functions: [],
  busEvents: 0,
  ...more,
});
const nothing = {
  activity: 0,
  profile: 0,
  timeline: 0,
  spill: 0,
  other: 0,
  identities: 0,
  audiences: 0,
  catalog: 0,
  quality: 0,
};

describe('a price', () => {
  it.each([
    ['httpRequest', 3_000_000, 3],
    ['writeUnit', 800_000, 0.5],
    ['lambdaTime', 1_000_000, 13.3334],
    ['logs', 2_000_000_000, 1.06],
    ['shard', 730, 10.95],
  ] as const)('of %s counts by its unit', (name, quantity, usd) => {
    expect(usdOf(name, quantity)).toBeCloseTo(usd, 10);
  });

  it('says where it is from', () => {
    for (const { page, read } of Object.values(PRICES)) {
      expect(URL.canParse(page)).toBe(true);
      expect(read).toMatch(/20\d\d-\d\d/);
    }
  });
});

describe('a bill', () => {
  it('is nothing for nothing', () => {
    expect(sumOf(billOf(used()))).toBe(0);
  });

  it('adds up its lines, each of which is its quantity at its price', () => {
    const some = used({
      requests: 10,
      payloadUnits: 20,
      busEvents: 3,
      functions: [{ invocations: 4, memoryMb: 512, cpuMs: 8, waitMs: 60, logBytes: 100 }],
      dynamodb: { read: { ...nothing, activity: 5 }, write: { ...nothing, timeline: 7 }, index: 2 },
    });

    const lines = billOf(some);

    for (const { price, quantity, usd } of lines) expect(usd).toBe(usdOf(price, quantity));
    expect(lines.find(({ what }) => what === 'timeline, written')?.quantity).toBe(7);
    expect(lines.find(({ what }) => what === 'people, written')?.quantity).toBe(2);
    expect(lines.find(({ what }) => what === 'reads')?.quantity).toBe(5);
    expect(lines.find(({ what }) => what === 'invocations')?.quantity).toBe(4);
  });

  it('charges for every unit that was written and read, once', () => {
    fc.assert(
      fc.property(Units, Units, fc.nat(1000), (write, read, index) => {
        const lines = billOf(
          used({ dynamodb: { write: { ...nothing, ...write }, read: { ...nothing, ...read }, index } }),
        );
        const of = (price: string) =>
          lines.filter((line) => line.price === price).reduce((sum, { quantity }) => sum + quantity, 0);
        const total = (all: Record<string, number>) => Object.values(all).reduce((sum, one) => sum + one, 0);

        expect(of('writeUnit')).toBe(total(write) + index);
        expect(of('readUnit')).toBe(total(read));
      }),
    );
  });

  it('bills a function for the time of its processor share and of what it waits for', () => {
    const { memoryOfOneCpuMb, cpuFactor } = ASSUMED;
    const time = { invocations: 10, cpuMs: 20, waitMs: 300, logBytes: 0 };

    expect(billedMs({ ...time, memoryMb: memoryOfOneCpuMb })).toBe(Math.ceil(2 * cpuFactor + 30));
    expect(billedMs({ ...time, memoryMb: memoryOfOneCpuMb / 2 })).toBe(Math.ceil(4 * cpuFactor + 30));
    expect(billedMs({ ...time, invocations: 0, memoryMb: 512 })).toBe(0);
  });
});

describe('what a month costs while nothing happens', () => {
  it('is counted in the template', () => {
    const rows = fixedRows({
      Resources: {
        Stream: { Type: 'AWS::Kinesis::Stream', Properties: { ShardCount: 2 } },
        OnDemand: { Type: 'AWS::Kinesis::Stream', Properties: {} },
        Plain: { Type: 'AWS::CloudWatch::Alarm', Properties: {} },
        Sum: {
          Type: 'AWS::CloudWatch::Alarm',
          Properties: { Metrics: [{ MetricStat: {} }, { MetricStat: {} }, { Expression: 'a + b' }] },
        },
        Key: { Type: 'AWS::KMS::Key', Properties: {} },
        EveryMinute: {
          Type: 'AWS::Scheduler::Schedule',
          Properties: { ScheduleExpression: 'rate(1 minute)' },
        },
        Daily: { Type: 'AWS::Scheduler::Schedule', Properties: { ScheduleExpression: 'rate(1 day)' } },
        Other: { Type: 'AWS::S3::Bucket', Properties: {} },
      },
    });

    expect(rows.map(({ what, count }) => [what, count])).toEqual([
      ['Kinesis shards', 2],
      ['Kinesis streams on demand', 1],
      ['metrics watched by alarms', 3],
      ['KMS keys', 1],
      ['schedules of every minute', 1],
    ]);
    const sweeps = rows.at(-1)?.each ?? 0;
    expect(sweeps).toBeGreaterThan(43_800 * 33 * 0.125e-6);
    expect(sweeps).toBeLessThan(0.5);
    expect(usdOfRows(rows)).toBeCloseTo(2 * 10.95 + 29.2 + 0.3 + 1 + sweeps, 10);
  });
});
