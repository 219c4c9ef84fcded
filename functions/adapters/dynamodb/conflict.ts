import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';

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

/** Whether a write failed since somebody else was first, or is at it. */
export function isConflict(error: unknown): boolean {
  if (error instanceof ConditionalCheckFailedException) return true;
  if (!(error instanceof TransactionCanceledException)) return false;
  const codes = (error.CancellationReasons ?? [])
    .map(({ Code = 'None' }) => Code)
    .filter((code) => code !== 'None');
  return codes.length > 0 && codes.every((code) => LOST.has(code));
}
