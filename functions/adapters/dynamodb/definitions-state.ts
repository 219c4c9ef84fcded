import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { EpochMs } from '#shared/events/event.ts';
import { META } from './counted-definitions.ts';

const State = z.object({ version: z.int().nonnegative(), changedAt: EpochMs.default(0) });

/** The version of what people are evaluated by, and when it changed last; read consistently. */
export async function readDefinitionsState({
  client,
  tableName,
}: {
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
}): Promise<z.infer<typeof State>> {
  const { Item } = await client.send(
    new GetCommand({ TableName: tableName, Key: META, ConsistentRead: true }),
  );
  return State.parse(Item ?? { version: 0 });
}
