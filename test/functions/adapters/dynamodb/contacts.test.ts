import { DynamoDBClient, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { dynamoContacts } from '#functions/adapters/dynamodb/contacts.ts';
import { Pid } from '#shared/events/event.ts';
import { contactRepositoryContract } from '#test/contract/contact-repository.ts';
import { memoryContacts } from '#test/support/contacts.ts';

contactRepositoryContract('the one in memory', async ({ people, tombstones }) => {
  const contacts = memoryContacts(people);
  for (const [from, mergedInto] of tombstones) contacts.people.set(from, { mergedInto });
  return contacts;
});

describe('dynamoContacts under what no emulator gives', () => {
  const key = { pid: Pid.parse('ada'), id: 'c' };
  const held = { attempt: 'first', address: { run: 'r', hash: 'h', expiresAt: 1 } };
  const cancelled = (...codes: string[]) =>
    new TransactionCanceledException({
      message: 'cancelled',
      $metadata: {},
      CancellationReasons: codes.map((Code) => ({ Code })),
    });
  const set = () => {
    const client = DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'eu-west-1' }));
    const contacts = dynamoContacts({ client, peopleTable: 'people', audiencesTable: 'audiences' });
    return { mock: mockClient(client), contacts };
  };

  it('tries a transaction again that collided with another or was throttled', async () => {
    const { mock, contacts } = set();
    mock
      .on(TransactWriteCommand)
      .rejectsOnce(cancelled('None', 'TransactionConflict'))
      .rejectsOnce(cancelled('ThrottlingError', 'None'))
      .resolves({});

    expect(await contacts.release(key, held)).toBe('released');
  });

  it('gives up as not available when that does not end', async () => {
    const { mock, contacts } = set();
    mock.on(TransactWriteCommand).rejects(cancelled('TransactionConflict', 'None'));

    await expect(contacts.release(key, held)).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: true });
  });

  it('throws what is wrong with the transaction itself', async () => {
    const { mock, contacts } = set();
    mock.on(TransactWriteCommand).rejects(cancelled('ValidationError', 'None'));

    await expect(contacts.release(key, held)).rejects.toThrow('cancelled');
  });
});
