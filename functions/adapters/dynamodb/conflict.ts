import {
  ConditionalCheckFailedException,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';

/** Reasons of a cancelled transaction that mean somebody else was first, or is at it. */
const LOST = new Set(['ConditionalCheckFailed', 'TransactionConflict']);

/**
 * Tells a write that lost to another from one that failed: `conflict` is expected and tried again
 * over what the other wrote; anything else is thrown.
 */
export async function losesOnCondition<T extends string>(
  write: () => Promise<unknown>,
  won: T,
): Promise<T | 'conflict'> {
  try {
    await write();
    return won;
  } catch (error) {
    if (isConflict(error)) return 'conflict';
    throw error;
  }
}

/**
 * Writes where a condition holds; where it does not, there is nothing to be done. That a transaction is at
 * the item is thrown as any other fault, since then it is not known whether the condition holds.
 */
export async function writeWhere(write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}

/** Whether a write failed since somebody else was first, or is at it. */
export function isConflict(error: unknown): boolean {
  if (error instanceof ConditionalCheckFailedException) return true;
  if (error instanceof TransactionConflictException) return true;
  if (!(error instanceof TransactionCanceledException)) return false;
  const codes = (error.CancellationReasons ?? [])
    .map(({ Code = 'None' }) => Code)
    .filter((code) => code !== 'None');
  return codes.length > 0 && codes.every((code) => LOST.has(code));
}
