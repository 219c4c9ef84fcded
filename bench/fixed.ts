import * as z from 'zod';
import type { Template } from '#test/support/assembly.ts';
import { type PriceName, usdOf } from './prices.ts';

/** One thing that costs by the month, whether anything happens or not. */
export interface FixedRow {
  readonly what: string;
  readonly count: number;
  readonly price: PriceName;
  /** Dollars a month for one. */
  readonly each: number;
}

/** Hours of a month, as AWS counts them in its own examples. */
const HOURS = 730;

const Stream = z.object({ ShardCount: z.int().optional() });
const Alarm = z.object({ Metrics: z.array(z.object({ MetricStat: z.unknown().optional() })).optional() });

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
  return rows
    .filter(([, count]) => count > 0)
    .map(([what, count, price, units]) => ({ what, count, price, each: usdOf(price, units) }));
}

export const usdOfRows = (rows: readonly FixedRow[]): number =>
  rows.reduce((sum, { count, each }) => sum + count * each, 0);
