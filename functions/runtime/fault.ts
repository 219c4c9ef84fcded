import { CdpError } from '#shared/kernel/errors.ts';
import { inSources } from './source-frames.ts';

/** Names that AWS gives to refusals for too much: https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html */
const THROTTLING =
  /Throttl|TooManyRequests|ProvisionedThroughputExceeded|RequestLimitExceeded|LimitExceededException|SlowDown/;

/** And to other failures that pass, some of which are Node's of a connection or a name server. */
const PASSING =
  /ServiceUnavailable|InternalServerError|InternalFailure|TransactionInProgress|TransactionConflict|Timeout|ECONNRE|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN/;

/** Whether AWS means by this name that it was asked for too much at once. */
export const isThrottling = (name: string): boolean => THROTTLING.test(name);

const isPassing = (name: string): boolean => isThrottling(name) || PASSING.test(name);

/** Statuses of failures that pass whatever AWS names them: S3 has an `InternalError`, a proxy no name at all. */
const PASSING_STATUSES: readonly unknown[] = [500, 502, 503, 504];

/** Whether the same call may succeed later: what our own errors say of themselves, what AWS says by name or status. */
export function isRetryable(fault: unknown): boolean {
  if (fault instanceof CdpError) return fault.retryable;
  if (!(fault instanceof Error)) return false;
  if (isPassing(fault.name) || ('code' in fault && isPassing(String(fault.code)))) return true;
  return PASSING_STATUSES.includes(statusOf(fault));
}

/** The status that AWS answered with, where it did. */
function statusOf(fault: Error): unknown {
  const metadata: unknown = Reflect.get(fault, '$metadata');
  return typeof metadata === 'object' && metadata !== null
    ? Reflect.get(metadata, 'httpStatusCode')
    : undefined;
}

/** Names of what the data itself causes: refused by a store for its form or size, or by our own code. */
const HOPELESS =
  /^(ValidationException|SerializationException|ItemCollectionSizeLimitExceededException|TypeError|RangeError|ZodError|\$ZodError)$/;

/**
 * Whether the same data would fail again however often it is tried. Neither what passes is so, nor
 * what a deploy or a grant mends: that is better tried again than set aside.
 */
export function isHopeless(fault: unknown): boolean {
  if (!(fault instanceof Error) || isRetryable(fault)) return false;
  if (fault.name !== 'TransactionCanceledException') return HOPELESS.test(fault.name);
  const reasons: unknown = Reflect.get(fault, 'CancellationReasons');
  return Array.isArray(reasons) && reasons.some((reason) => reason?.Code === 'ValidationError');
}

/**
 * A fault as it may be logged. Our own messages hold no personal data by rule; those of others may
 * repeat what was sent (SES names the address it refuses), so addresses and long numbers are masked.
 */
export function describeFault(fault: unknown): Record<string, unknown> {
  if (!(fault instanceof Error)) return { fault: typeof fault };
  const own = fault instanceof CdpError;
  return {
    fault: fault.name,
    ...(own && { code: fault.code }),
    reason: own ? fault.message : withoutPersonalData(fault.message),
    at: frames(fault),
    ...(fault.cause !== undefined && { cause: describeFault(fault.cause) }),
  };
}

/** What others say, with addresses and long numbers masked. */
export const withoutPersonalData = (text: string): string =>
  text
    .slice(0, 1000)
    .replace(/[^\s"'<>]+@[^\s"'<>]+/g, '[address]')
    .replace(/(?<![\w:])\+?\d[\d ().-]{5,}\d/g, '[number]');

/** The stack without its head, which repeats the message. */
const frames = (fault: Error): readonly string[] =>
  (fault.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 8)
    .map((line) => inSources(line.trim()));
