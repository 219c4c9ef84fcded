import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { ShardSweep } from '#shared/segments/sweep-pass.ts';
import { JsonText, jsonText } from './json-text.ts';

/** Where the passes over each shard of the index have come to. */
export type SweepPlaces = ReadonlyMap<number, ShardSweep>;

/**
 * Keeps the places of the sweep, all of them as one.
 *
 * Of two runs at once whoever saves last wins: each place was reached by who saved it, so nobody is passed
 * over by that, and somebody put on the stream twice at worst.
 */
export interface SweepPlaceKeeper {
  /** Nothing where none are kept, or none that this version reads: the passes begin at the beginning then. */
  read(): Promise<SweepPlaces>;
  save(places: SweepPlaces): Promise<void>;
}

const KEY = { kind: 'meta', id: 'sweep' };

const Item = z.object({ places: JsonText.pipe(z.array(z.tuple([z.int(), ShardSweep]))) });

/**
 * The places as one item of table `catalog`, beside what else is counted once for a stage: the table `people`
 * holds people alone, so that whoever reads all of it meets nobody else.
 */
export function dynamoSweepPlaces({
  client,
  tableName,
}: {
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
}): SweepPlaceKeeper {
  return {
    async read() {
      const { Item: found } = await client.send(
        new GetCommand({ TableName: tableName, Key: KEY, ConsistentRead: true }),
      );
      return new Map(Item.safeParse(found).data?.places);
    },
    async save(places) {
      await client.send(
        new PutCommand({ TableName: tableName, Item: { ...KEY, places: jsonText([...places]) } }),
      );
    },
  };
}
