import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dynamoQualityCounts } from '#functions/adapters/dynamodb/quality-counts.ts';
import { dynamoQualityReader } from '#functions/adapters/dynamodb/quality-reader.ts';
import { type QualityCount, QualityOutcome } from '#shared/quality/quality-count.ts';
import { qualityContract } from '#test/contract/quality-counts.ts';
import { startDynamoDb, type TestDynamoDb } from '#test/support/dynamodb.ts';
import { emptyTables } from '#test/support/empty-tables.ts';

let dynamo: TestDynamoDb;
beforeAll(async () => {
  dynamo = await startDynamoDb();
});
afterAll(() => dynamo.close());

const table = () => ({ client: dynamo.documents, tableName: 'quality' });

qualityContract('DynamoDB', async () => {
  await emptyTables(dynamo.documents, ['quality']);
  return { ...dynamoQualityCounts(table()), ...dynamoQualityReader(table()) };
});

const TEN = Date.UTC(2026, 10, 22, 10);
const named = (event: string): QualityCount => ({
  source: 'shop',
  at: TEN,
  event,
  outcome: 'accepted',
  count: 1,
});

describe('dynamoQualityCounts', () => {
  beforeEach(() => emptyTables(dynamo.documents, ['quality']));

  const consumedBy = async (
    writer: ReturnType<typeof dynamoQualityCounts>,
    event: string,
  ): Promise<number[]> => {
    const units: number[] = [];
    dynamo.documents.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          if (commandName !== 'UpdateItemCommand') return next(args);
          const input = { ...Object(args.input), ReturnConsumedCapacity: 'TOTAL' };
          const answer = await next({ ...args, input });
          units.push(
            Number(
              Reflect.get(Object(Reflect.get(Object(answer.output), 'ConsumedCapacity')), 'CapacityUnits'),
            ),
          );
          return answer;
        },
      { step: 'initialize', name: 'consumed' },
    );
    try {
      await writer.add([named(event)]);
    } finally {
      dynamo.documents.middlewareStack.remove('consumed');
    }
    return units;
  };

  it('costs one write unit, however many names an hour has', async () => {
    const writer = dynamoQualityCounts(table());
    for (let n = 0; n < 250; n++) await writer.add([named(`A product of some name was viewed ${n}`)]);

    for (const n of [0, 20, 249]) {
      expect(await consumedBy(writer, `A product of some name was viewed ${n}`)).toEqual([1]);
    }
    expect(await consumedBy(dynamoQualityCounts(table()), 'A product of some name was viewed 7')).toEqual([
      1,
    ]);
  });

  it('expires 400 days after the hour', async () => {
    await dynamoQualityCounts(table()).add([{ ...named('a'), at: TEN + 5 }]);

    const { Items } = await dynamo.documents.send(new ScanCommand({ TableName: 'quality' }));
    expect(Items).toEqual([
      expect.objectContaining({ source: 'shop', place: '2026-11-22T10#000', ttl: TEN / 1000 + 400 * 86_400 }),
    ]);
  });

  it('loses nothing, however many writers there are and whatever each of them has seen', async () => {
    const one = fc.record({
      event: fc.constantFrom(...Array.from({ length: 60 }, (_, n) => `An event of a rather long name ${n}`)),
      outcome: fc.constantFrom(...QualityOutcome.options),
      count: fc.integer({ min: 1, max: 3 }),
    });
    const batch = fc.array(one, { minLength: 1, maxLength: 30 });

    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(batch, { maxLength: 3 }), { minLength: 1, maxLength: 4 }),
        async (writers) => {
          await emptyTables(dynamo.documents, ['quality']);

          await Promise.all(
            writers.map(async (batches) => {
              const writer = dynamoQualityCounts(table());
              for (const counts of batches) {
                await writer.add(counts.map((of) => ({ source: 'shop', at: TEN, ...of })));
              }
            }),
          );

          const all = writers.flat(2);
          const hours = await dynamoQualityReader(table()).hours('shop', { from: TEN, to: TEN });
          const cells = hours.flatMap((hour) => hour.cells);
          const sum = (of: readonly { readonly count: number }[]) =>
            of.reduce((total, { count }) => total + count, 0);
          for (const { event, outcome } of all) {
            const kept = cells.filter((cell) => cell.event === event && cell.kind === outcome);
            const added = all.filter((one) => one.event === event && one.outcome === outcome);
            expect(kept).toHaveLength(1);
            expect(sum(kept)).toBe(sum(added));
          }
          expect(sum(cells)).toBe(sum(all));
        },
      ),
      { numRuns: 15 },
    );
  });
});
