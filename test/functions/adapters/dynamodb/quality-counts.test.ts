import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, it, vi } from 'vitest';
import { dynamoQualityCounts } from '#functions/adapters/dynamodb/quality-counts.ts';
import { logger } from '#functions/runtime/telemetry.ts';
import type { QualityCount } from '#shared/quality/quality-count.ts';

const dynamo = mockClient(DynamoDBDocumentClient);
beforeEach(() => {
  dynamo.reset();
  dynamo.on(QueryCommand).resolves({});
  dynamo.on(UpdateCommand).resolves({});
});

const counter = () =>
  dynamoQualityCounts({
    client: DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'eu-west-1' })),
    tableName: 'quality',
  });

const TEN = Date.UTC(2026, 10, 22, 10);
const one = (source: string, event = 'a'): QualityCount => ({
  source,
  at: TEN,
  event,
  outcome: 'accepted',
  count: 1,
});

it('fails nothing: what could not be counted is logged, and the others are', async () => {
  const warn = vi.spyOn(logger, 'warn').mockImplementation(() => {});
  const counts = counter();
  dynamo.on(UpdateCommand, { Key: { source: 'full', place: '2026-11-22T10#000' } }).rejects(new Error('no'));

  await counts.add([one('full'), one('shop')]);

  expect(dynamo.commandCalls(UpdateCommand).map(({ args }) => args[0].input.Key?.source)).toEqual([
    'full',
    'shop',
  ]);
  expect(warn).toHaveBeenCalledWith('events were not counted', expect.objectContaining({ source: 'full' }));
});

it('reads an hour once, and writes once for each source and hour of a call', async () => {
  const counts = counter();

  await counts.add([one('shop'), one('shop', 'b'), one('shop'), { ...one('shop'), at: TEN - 1 }]);
  await counts.add([one('shop', 'c')]);

  expect(dynamo.commandCalls(QueryCommand)).toHaveLength(2);
  expect(dynamo.commandCalls(UpdateCommand)).toHaveLength(3);
});

it('asks for nothing where there is nothing to count', async () => {
  await counter().add([]);

  expect(dynamo.calls()).toEqual([]);
});

it('adds to what another has begun meanwhile', async () => {
  const counts = counter();
  dynamo.on(UpdateCommand).resolvesOnce({ Attributes: { 'a\na': 1, 'a\nb': 2, place: 'p' } });
  const long = { ...one('shop', 'x'.repeat(99)) };

  await counts.add([one('shop')]);
  for (let n = 0; n < 12; n++) await counts.add([{ ...long, event: `${long.event}${n}` }]);
  await counts.add([one('shop', 'b')]);

  const places = dynamo.commandCalls(UpdateCommand).map(({ args }) => args[0].input.Key?.place);
  expect(places.at(-2)).toBe('2026-11-22T10#001');
  expect(places.at(-1)).toBe('2026-11-22T10#000');
});
