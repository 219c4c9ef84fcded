import * as z from 'zod';

/**
 * What Lambda makes of one batch from a stream and the function's answers: split, retried, cut short, given up.
 *
 * Pure. The law: every record leaves the state exactly once and in order, either finished by an invocation or
 * discarded; a batch is discarded for its retries only after 1 + `maximumRetries` invocations of exactly those
 * records have failed. Splitting spends no retry, and neither does an answer that moves the checkpoint: a
 * batch of which part is done begins anew.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
 * https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
 */

export interface BatchPolicy {
  readonly bisectOnError: boolean;
  readonly reportItemFailures: boolean;
  /** -1 retries for ever. */
  readonly maximumRetries: number;
  /** -1 never gives up for age. */
  readonly maximumAgeMs: number;
}

interface BatchRecord {
  readonly sequenceNumber: string;
  readonly arrivedAtMs: number;
}

interface Batch<R> {
  readonly records: readonly R[];
  /** Invocations of exactly these records that failed. */
  readonly failures: number;
  readonly mayGo: boolean;
  readonly functionError: boolean;
}

/** The batches left, oldest first; only the first is ever invoked. */
export type BatchState<R> = readonly Batch<R>[];

export type Discard<R> = {
  readonly kind: 'discard';
  readonly records: readonly R[];
  readonly condition: 'RetryAttemptsExhausted' | 'RecordAgeExceeded';
  readonly invocations: number;
  /** Whether the last invocation threw, rather than reported failures. */
  readonly functionError: boolean;
};

export type BatchStep<R> =
  | { readonly kind: 'done' }
  | { readonly kind: 'wait'; readonly failures: number }
  | { readonly kind: 'invoke'; readonly records: readonly R[] }
  | Discard<R>;

export type Answer = { readonly ok: true; readonly payload: unknown } | { readonly ok: false };

const fresh = <R>(records: readonly R[]): BatchState<R> =>
  records.length > 0 ? [{ records, failures: 0, mayGo: true, functionError: false }] : [];

export const startBatch = fresh;

/** How many records are neither finished nor discarded: always the last ones of the batch. */
export const recordsLeft = <R>(state: BatchState<R>): number =>
  state.reduce((sum, { records }) => sum + records.length, 0);

/** What to do now. Records past their age go first, and alone: the younger ones behind them are still tried. */
export function nextStep<R extends BatchRecord>(
  [batch]: BatchState<R>,
  { policy, nowMs }: { policy: BatchPolicy; nowMs: number },
): BatchStep<R> {
  if (!batch) return { kind: 'done' };
  const { records, failures, functionError } = batch;
  const giveUp = { kind: 'discard', invocations: failures, functionError } as const;
  const { maximumAgeMs, maximumRetries } = policy;
  const firstYoung = records.findIndex(({ arrivedAtMs }) => nowMs - arrivedAtMs <= maximumAgeMs);
  if (maximumAgeMs !== -1 && firstYoung !== 0) {
    const old = firstYoung === -1 ? records : records.slice(0, firstYoung);
    return { ...giveUp, records: old, condition: 'RecordAgeExceeded' };
  }
  if (maximumRetries !== -1 && failures > maximumRetries) {
    return { ...giveUp, records, condition: 'RetryAttemptsExhausted' };
  }
  return batch.mayGo ? { kind: 'invoke', records } : { kind: 'wait', failures };
}

/** After the pause that a `wait` asked for. */
export const afterWait = <R>([batch, ...rest]: BatchState<R>): BatchState<R> =>
  batch ? [{ ...batch, mayGo: true }, ...rest] : rest;

/** After the records of a `discard` have been told to the failure destination. */
export const afterDiscard = <R>([batch, ...rest]: BatchState<R>, discard: Discard<R>): BatchState<R> => {
  const left = batch?.records.slice(discard.records.length) ?? [];
  return [...fresh(left), ...rest];
};

/** After the function answered an `invoke`. */
export function afterAnswer<R extends BatchRecord>(
  [batch, ...rest]: BatchState<R>,
  { policy, answer }: { policy: BatchPolicy; answer: Answer },
): BatchState<R> {
  if (!batch) return rest;
  const { records } = batch;
  const failed = { ...batch, failures: batch.failures + 1, mayGo: false, functionError: !answer.ok };
  if (!answer.ok) {
    if (!policy.bisectOnError || records.length === 1) return [failed, ...rest];
    const middle = Math.ceil(records.length / 2);
    return [...fresh(records.slice(0, middle)), ...fresh(records.slice(middle)), ...rest];
  }
  const finished = policy.reportItemFailures ? finishedBy(answer.payload, records) : records.length;
  return finished === 0 ? [failed, ...rest] : [...fresh(records.slice(finished)), ...rest];
}

const Report = z.object({
  batchItemFailures: z.array(z.object({ itemIdentifier: z.string().min(1) })).nullish(),
});
const NothingFailed = z.union([z.undefined(), z.null(), z.tuple([])]);

/**
 * How many of the records a report lets pass: those before the lowest sequence number reported.
 *
 * None where the report cannot be trusted: it is no report, or names nothing, or a record not in the batch.
 */
function finishedBy(payload: unknown, records: readonly BatchRecord[]): number {
  if (NothingFailed.safeParse(payload).success) return records.length;
  const report = Report.safeParse(payload);
  if (!report.success) return 0;
  const places = (report.data.batchItemFailures ?? []).map(({ itemIdentifier }) =>
    records.findIndex(({ sequenceNumber }) => sequenceNumber === itemIdentifier),
  );
  return places.includes(-1) ? 0 : Math.min(records.length, ...places);
}
