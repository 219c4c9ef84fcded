import { describe, expect, it } from 'vitest';
import { describeFault, isRetryable } from '#functions/runtime/fault.ts';
import { RequestError, UnavailableError } from '#shared/kernel/errors.ts';

const named = (name: string, message = 'no') => Object.assign(new Error(message), { name });
/** As the AWS SDK throws it. */
const answered = (name: string, httpStatusCode: number) =>
  Object.assign(named(name), { $metadata: { httpStatusCode } });

describe('isRetryable', () => {
  it.each([
    [new UnavailableError('later'), true],
    [new RequestError({ status: 400, code: 'X', message: 'wrong' }), false],
    [named('ThrottlingException'), true],
    [named('ProvisionedThroughputExceededException'), true],
    [named('RequestTimeout'), true],
    [named('TransactionConflictException'), true],
    [Object.assign(new Error('no'), { code: 'ECONNRESET' }), true],
    [Object.assign(new Error('no'), { code: 'EAI_AGAIN' }), true],
    [answered('InternalError', 500), true],
    [answered('Unknown', 502), true],
    [answered('NotImplemented', 501), false],
    [answered('NoSuchBucket', 404), false],
    [named('ValidationException'), false],
    [named('AccessDeniedException'), false],
    ['a text', false],
  ])('takes %s for one that passes: %s', (fault, expected) => {
    expect(isRetryable(fault)).toBe(expected);
  });
});

describe('describeFault', () => {
  it('keeps the words of our own errors, and their code', () => {
    const described = describeFault(
      new UnavailableError('the bus refused 3 events', { cause: named('Throttling') }),
    );

    expect(described).toMatchObject({
      fault: 'UnavailableError',
      code: 'UNAVAILABLE',
      reason: 'the bus refused 3 events',
      cause: { fault: 'Throttling' },
    });
  });

  it('masks addresses and numbers in those of others, and leaves ARNs readable', () => {
    const refused = named(
      'AccessDeniedException',
      'arn:aws:iam::000000000000:role/x may not send to ada@example.com or +33 6 12 34 56 78',
    );

    expect(describeFault(refused).reason).toBe(
      'arn:aws:iam::000000000000:role/x may not send to [address] or [number]',
    );
  });

  it('repeats no message through the stack', () => {
    expect(JSON.stringify(describeFault(named('X', 'ada@example.com')))).not.toContain('ada@');
  });
});
