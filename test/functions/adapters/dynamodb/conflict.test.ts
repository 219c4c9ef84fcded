import {
  ConditionalCheckFailedException,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { losesOnCondition, writeWhere } from '#functions/adapters/dynamodb/conflict.ts';

const about = { message: 'as it may happen', $metadata: {} };
const refused = new ConditionalCheckFailedException(about);
const crowded = new TransactionConflictException(about);
const cancelled = (...codes: readonly (string | undefined)[]) =>
  new TransactionCanceledException({ ...about, CancellationReasons: codes.map((Code) => ({ Code })) });
const failing = (fault: unknown) => async () => {
  throw fault;
};

describe('losesOnCondition', () => {
  it('says what was won', async () => {
    expect(await losesOnCondition(async () => ({}), 'written')).toBe('written');
  });

  it.each([
    { name: 'its condition does not hold', fault: refused },
    { name: 'a transaction is at the item', fault: crowded },
    {
      name: 'a condition of its transaction does not hold',
      fault: cancelled('None', 'ConditionalCheckFailed'),
    },
    { name: 'another transaction is at an item', fault: cancelled('TransactionConflict', undefined) },
  ])('is a conflict where $name', async ({ fault }) => {
    expect(await losesOnCondition(failing(fault), 'written')).toBe('conflict');
  });

  it.each([
    {
      name: 'something of a transaction is wrong',
      fault: cancelled('ConditionalCheckFailed', 'ValidationError'),
    },
    { name: 'a transaction does not say why', fault: cancelled('None') },
    { name: 'it is anything else', fault: new Error('throttled') },
  ])('throws where $name', async ({ fault }) => {
    await expect(losesOnCondition(failing(fault), 'written')).rejects.toBe(fault);
  });
});

describe('writeWhere', () => {
  it('has nothing to do where the condition does not hold', async () => {
    await expect(writeWhere(failing(refused))).resolves.toBeUndefined();
    await expect(writeWhere(async () => ({}))).resolves.toBeUndefined();
  });

  it.each([crowded, cancelled('ConditionalCheckFailed'), new Error('throttled')])(
    'throws where it is not known whether it holds: %s',
    async (fault) => {
      await expect(writeWhere(failing(fault))).rejects.toBe(fault);
    },
  );
});
