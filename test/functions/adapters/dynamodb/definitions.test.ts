import { DynamoDBClient, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { dynamoSegments } from '#functions/adapters/dynamodb/counted-definitions.ts';
import { UnavailableError } from '#shared/kernel/errors.ts';

const dynamo = mockClient(DynamoDBDocumentClient);
const segments = dynamoSegments({
  client: DynamoDBDocumentClient.from(new DynamoDBClient()),
  tableName: 'catalog',
});
const segment = { id: 'a', name: 'A', condition: { event: { name: 'x' } } };
const cancelled = (...codes: string[]) =>
  new TransactionCanceledException({
    message: 'cancelled',
    $metadata: {},
    CancellationReasons: codes.map((Code) => ({ Code })),
  });
const attempts = () => dynamo.commandCalls(TransactWriteCommand).length;

beforeEach(() => {
  dynamo.reset();
  dynamo.on(GetCommand).resolves({});
  dynamo.on(QueryCommand).resolves({ Items: [] });
});

describe('a definition that is put', () => {
  it('is tried again over what another wrote first', async () => {
    dynamo
      .on(TransactWriteCommand)
      .rejectsOnce(cancelled('ConditionalCheckFailed', 'None', 'None'))
      .rejectsOnce(cancelled('None', 'None', 'TransactionConflict'))
      // The version that everything raises, which another definition has raised meanwhile
      .rejectsOnce(cancelled('None', 'None', 'ConditionalCheckFailed'))
      .resolves({});

    expect(await segments.put(segment)).toMatchObject({ version: 1 });
    expect(attempts()).toBe(4);
  });

  it('is refused as changed meanwhile when it loses every time', async () => {
    dynamo.on(TransactWriteCommand).rejects(cancelled('ConditionalCheckFailed', 'None', 'None'));

    await expect(segments.put(segment)).rejects.toMatchObject({ status: 409, code: 'CHANGED_MEANWHILE' });
  });

  it('is unavailable while the table is throttled, and not tried at once', async () => {
    dynamo.on(TransactWriteCommand).rejects(cancelled('ThrottlingError', 'None', 'None'));

    await expect(segments.put(segment)).rejects.toThrow(UnavailableError);
    expect(attempts()).toBe(1);
  });
});
