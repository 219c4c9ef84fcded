import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { fixedRows } from '#bench/fixed.ts';
import { readConfig } from '#infra/config.ts';
import { ofType, resourcesOf, synthesize } from './stack-template.ts';

const ROW = /^\| (?<what>[^|]+) \| (?<count>\d+) \| (?<each>[\d.]+) \| (?<month>[\d.]+) \|/gm;
const Row = z.object({
  what: z.string(),
  count: z.coerce.number(),
  each: z.coerce.number(),
  month: z.coerce.number(),
});

const Alarm = z.object({ Metrics: z.array(z.object({ MetricStat: z.unknown().optional() })).optional() });
const Shards = z.object({ ShardCount: z.int() });

describe('the fixed cost in docs/cost.md', () => {
  const text = readFileSync(`${import.meta.dirname}/../../docs/cost.md`, 'utf8');
  const section = (heading: string): string =>
    text.split(/^## /m).find((part) => part.startsWith(heading)) ?? '';
  const rows = [...section('Fixed, a month').matchAll(ROW)].map(({ groups }) => Row.parse(groups));
  const template = synthesize({ config: readConfig({ stage: 'example' }) });

  it('counts what the smallest stage has', () => {
    const alarmMetrics = ofType(template, 'AWS::CloudWatch::Alarm').flatMap(([, { Properties }]) => {
      const { Metrics = [{ MetricStat: true }] } = Alarm.parse(Properties);
      return Metrics.filter(({ MetricStat }) => MetricStat !== undefined);
    });
    const count = (type: string): number => ofType(template, type).length;

    expect(rows.map((row) => row.count)).toEqual([
      ofType(template, 'AWS::Kinesis::Stream').reduce(
        (sum, [, { Properties }]) => sum + Shards.parse(Properties).ShardCount,
        0,
      ),
      alarmMetrics.length,
      count('AWS::CloudWatch::Dashboard'),
      count('AWS::KMS::Key'),
      count('AWS::SecretsManager::Secret'),
      ofType(template, 'AWS::Scheduler::Schedule').filter(
        ([, { Properties }]) => Properties.ScheduleExpression === 'rate(1 minute)',
      ).length,
    ]);
    expect(rows.map(({ each }) => each)).toEqual(
      fixedRows({ Resources: resourcesOf(template) }).map(({ each }) => Number(each.toFixed(2))),
    );
  });

  it('adds up, and stays within twenty dollars', () => {
    for (const { count, each, month } of rows) expect(month).toBeCloseTo(count * each, 2);

    const together = rows.reduce((sum, { month }) => sum + month, 0);
    expect(text).toContain(`**${together.toFixed(2)}**`);
    expect(together).toBeLessThanOrEqual(20);
  });
});
