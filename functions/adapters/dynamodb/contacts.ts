import { setTimeout as pause } from 'node:timers/promises';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  type DynamoDBDocumentClient,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { Pid } from '#shared/events/event.ts';
import { UnavailableError } from '#shared/kernel/errors.ts';
import type { AddressHold, ContactRepository, StoredContact } from '#shared/sending/contact-repository.ts';
import { Contact, statesBelow } from '#shared/sending/ledger.ts';
import { writeWhere } from './conflict.ts';
import { contactKey } from './person-items.ts';

type Transact = NonNullable<TransactWriteCommandInput['TransactItems']>;

const Item = Contact.extend({ pid: Pid, sk: z.string() });

const ATTEMPTS = 6;
/** Refusals of a transaction that say nothing of its conditions. */
const PASSING = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);

/**
 * Contacts beside the person they are of, in table `people`; holds on addresses in table `audiences`
 * under `run#<run>`, so that they expire without a trace in the person.
 */
export function dynamoContacts({
  client,
  peopleTable,
  audiencesTable,
}: {
  readonly client: DynamoDBDocumentClient;
  readonly peopleTable: string;
  readonly audiencesTable: string;
}): ContactRepository {
  const holdKey = ({ run, hash }: AddressHold) => ({ segment: `run#${run}`, pid: hash });

  const find: ContactRepository['find'] = async (keys) => {
    let pending: Record<string, unknown>[] = keys.map(({ pid, id }) => contactKey(pid, id));
    const found = new Map<string, StoredContact>();
    for (let attempt = 1; pending.length > 0; attempt++) {
      const { Responses, UnprocessedKeys } = await client.send(
        new BatchGetCommand({ RequestItems: { [peopleTable]: { Keys: pending, ConsistentRead: true } } }),
      );
      for (const raw of Responses?.[peopleTable] ?? []) {
        const { pid, sk, ...contact } = Item.parse(raw);
        found.set(pid, { key: { pid, id: sk.slice(sk.indexOf('#') + 1) }, contact });
      }
      pending = UnprocessedKeys?.[peopleTable]?.Keys ?? [];
      if (pending.length > 0) await pauseBefore(attempt);
    }
    return keys.map(({ pid }) => found.get(pid)).filter((one) => one !== undefined);
  };

  return {
    find,

    async reserve({ key, contact, profileVersion, absorbed, address }) {
      const { expiresAt } = address;
      const failed = await transact(client, [
        {
          ConditionCheck: {
            TableName: peopleTable,
            Key: { pid: key.pid, sk: '!profile' },
            // A merge writes the profiles of both, so that this holds them off too
            ConditionExpression: 'version = :version AND attribute_not_exists(mergedInto)',
            ExpressionAttributeValues: { ':version': profileVersion },
          },
        },
        {
          Put: {
            TableName: audiencesTable,
            Item: { ...holdKey(address), contact: key.id, ttl: expiresAt },
            ConditionExpression: 'attribute_not_exists(#segment)',
            ExpressionAttributeNames: { '#segment': 'segment' },
          },
        },
        {
          Put: {
            TableName: peopleTable,
            Item: { ...contactKey(key.pid, key.id), ...contact },
            ConditionExpression: 'attribute_not_exists(sk)',
          },
        },
        ...absorbed.map(({ pid, id }) => ({
          ConditionCheck: {
            TableName: peopleTable,
            Key: contactKey(pid, id),
            ConditionExpression: 'attribute_not_exists(sk)',
          },
        })),
      ]);
      if (failed.length === 0) return { kind: 'reserved' };
      const [changed, taken, ...contacted] = failed;
      if (changed) return { kind: 'person_changed' };
      if (contacted.includes(true)) {
        const found = await find([key, ...absorbed]);
        // One that was there and is not any more has been released: it is to be judged anew
        return found.length === 0 ? { kind: 'person_changed' } : { kind: 'contacted', contacts: found };
      }
      if (taken) return { kind: 'address_taken' };
      throw new Error('a transaction failed on none of its conditions');
    },

    async advance(key, { state, sentAt, providerMessageId, reason }) {
      const below = statesBelow(state);
      const set = { state, sentAt, providerMessageId, reason };
      const fields = Object.entries(set).filter(([, value]) => value !== undefined);
      await writeWhere(() =>
        client.send(
          new UpdateCommand({
            TableName: peopleTable,
            Key: contactKey(key.pid, key.id),
            UpdateExpression: `SET ${fields.map(([name]) => `#${name} = :${name}`).join(', ')}`,
            ConditionExpression: `#state IN (${below.map((other) => `:below_${other}`).join(', ')})`,
            ExpressionAttributeNames: Object.fromEntries(fields.map(([name]) => [`#${name}`, name])),
            ExpressionAttributeValues: Object.fromEntries([
              ...fields.map(([name, value]) => [`:${name}`, value]),
              ...below.map((other) => [`:below_${other}`, other]),
            ]),
          }),
        ),
      );
    },

    async release(key, { attempt, address }) {
      const failed = await transact(client, [
        {
          Delete: {
            TableName: peopleTable,
            Key: contactKey(key.pid, key.id),
            ConditionExpression: '#state = :reserved AND #attempt = :attempt',
            ExpressionAttributeNames: { '#state': 'state', '#attempt': 'attempt' },
            ExpressionAttributeValues: { ':reserved': 'reserved', ':attempt': attempt },
          },
        },
        {
          Delete: {
            TableName: audiencesTable,
            Key: holdKey(address),
            ConditionExpression: 'contact = :contact',
            ExpressionAttributeValues: { ':contact': key.id },
          },
        },
      ]);
      return failed.length === 0 ? 'released' : 'lost';
    },
  };
}

/**
 * Runs a transaction and says which of its conditions failed: nothing when it was written.
 *
 * The SDK gives a command one idempotency token, so that its own retries write once.
 */
async function transact(client: DynamoDBDocumentClient, actions: Transact): Promise<readonly boolean[]> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    try {
      await client.send(new TransactWriteCommand({ TransactItems: actions }));
      return [];
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const codes = (error.CancellationReasons ?? []).map(({ Code }) => Code ?? 'None');
      if (codes.includes('ConditionalCheckFailed'))
        return codes.map((code) => code === 'ConditionalCheckFailed');
      if (!codes.some((code) => PASSING.has(code))) throw error;
      await pauseBefore(attempt);
    }
  }
  throw new UnavailableError(`a transaction was refused ${ATTEMPTS} times because of others`);
}

const pauseBefore = (attempt: number): Promise<void> => pause(Math.random() * 25 * 2 ** attempt);
