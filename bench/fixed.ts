import * as z from 'zod';
import type { Template } from '#test/support/assembly.ts';
import { ASSUMED, billedMs } from './bill.ts';
import { type PriceName, usdOf } from './prices.ts';

/** One thing that costs by the month, whether anything happens or not. */
export interface FixedRow {
  readonly what: string;
  readonly count: number;
  /** Dollars a month for one. */
  readonly each: number;
}

/** Hours of a month, as AWS counts them in its own examples. */
const HOURS = 730;

const Stream = z.object({ ShardCount: z.int().optional() });
const Alarm = z.object({ Metrics: z.array(z.object({ MetricStat: z.unknown().optional() })).optional() });

const Schedule = z.object({ ScheduleExpression: z.string() });

const SWEEP = { shards: 64, atOnce: 8, cpuMs: 60, memoryMb: 512 };

/** A month's sweeps for deadlines, one a minute, of which none finds anybody. */
function usdOfSweeps(): number {
  const { shards, atOnce, cpuMs, memoryMb } = SWEEP;
  const waitMs = (1 + shards / atOnce) * ASSUMED.readMs;
  const seconds = billedMs({ invocations: 1, memoryMb, cpuMs, waitMs, logBytes: 0 }) / 1000;
  const each =
    // an index is read at half the price, the one place of the sweep is not
    usdOf('readUnit', shards / 2 + 1) +
    usdOf('schedule', 1) +
    usdOf('lambdaRequest', 1) +
    usdOf('lambdaTime', (seconds * memoryMb) / 1024) +
    usdOf('logs', ASSUMED.platformLogBytes) +
    // two tables ask for their key every five minutes
    usdOf('keyUse', 2 / 5);
  return HOURS * 60 * each;
}

/** What a stage costs a month while nothing happens, counted in its template. */
export function fixedRows({ Resources }: Pick<Template, 'Resources'>): readonly FixedRow[] {
  const ofType = (type: string) => Object.values(Resources).filter(({ Type }) => Type === type);
  const streams = ofType('AWS::Kinesis::Stream').map(({ Properties }) => Stream.parse(Properties).ShardCount);
  const shards = streams.reduce<number>((sum, count = 0) => sum + count, 0);
  // an alarm on a sum pays for each of its metrics
  const watched = ofType('AWS::CloudWatch::Alarm').reduce((sum, { Properties }) => {
    const { Metrics = [{ MetricStat: true }] } = Alarm.parse(Properties);
    return sum + Metrics.filter(({ MetricStat }) => MetricStat !== undefined).length;
  }, 0);
  const rows: readonly [what: string, count: number, price: PriceName, units: number][] = [
    ['Kinesis shards', shards, 'shard', HOURS],
    [
      'Kinesis streams on demand',
      streams.filter((count) => count === undefined).length,
      'onDemandStream',
      HOURS,
    ],
    ['metrics watched by alarms', watched, 'alarmMetric', 1],
    ['dashboards', ofType('AWS::CloudWatch::Dashboard').length, 'dashboard', 1],
    ['KMS keys', ofType('AWS::KMS::Key').length, 'key', 1],
    ['secrets', ofType('AWS::SecretsManager::Secret').length, 'secret', 1],
  ];
  const everyMinute = ofType('AWS::Scheduler::Schedule').filter(
    ({ Properties }) => Schedule.parse(Properties).ScheduleExpression === 'rate(1 minute)',
  );
  return [
    ...rows.map(([what, count, price, units]) => ({ what, count, each: usdOf(price, units) })),
    { what: 'schedules of every minute', count: everyMinute.length, each: usdOfSweeps() },
  ].filter(({ count }) => count > 0);
}

export const usdOfRows = (rows: readonly FixedRow[]): number =>
  rows.reduce((sum, { count, each }) => sum + count * each, 0);
