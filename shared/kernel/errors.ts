/**
 * A fault: something the code around it could neither expect nor mend.
 *
 * `code` is stable, for alarms and docs/errors.md; `message` is for people and may change.
 * `retryable` is all that the runtime needs to choose what comes next, so nobody inspects a class.
 */
export abstract class CdpError extends Error {
  abstract readonly code: string;
  abstract readonly retryable: boolean;
}

/** The caller asked for something that cannot be; becomes an HTTP answer of its `status`. */
export class RequestError extends CdpError {
  override readonly name = 'RequestError';
  readonly code: string;
  readonly retryable = false;
  readonly status: 400 | 401 | 403 | 404 | 409 | 413;
  /** One entry a fault found in what was sent: where it stands, and what is allowed there. */
  readonly details: readonly { readonly path: string; readonly message: string }[];

  constructor(
    problem: {
      readonly status: RequestError['status'];
      readonly code: string;
      readonly message: string;
      readonly details?: RequestError['details'];
    },
    options?: ErrorOptions,
  ) {
    super(problem.message, options);
    this.status = problem.status;
    this.code = problem.code;
    this.details = problem.details ?? [];
  }
}

/** Too many writers raced for one person; a later attempt may win. */
export class PersonContentionError extends CdpError {
  override readonly name = 'PersonContentionError';
  readonly code = 'PERSON_CONTENTION';
  readonly retryable = true;

  constructor(attempts: number, options?: ErrorOptions) {
    super(
      `a person changed under all ${attempts} attempts to write; the record goes back to the stream`,
      options,
    );
  }
}

/** A dependency refused or could not be reached; the same call may succeed later. */
export class UnavailableError extends CdpError {
  override readonly name = 'UnavailableError';
  readonly code = 'UNAVAILABLE';
  readonly retryable = true;
}

/** A dependency takes less than it was sent; the same call, later, will succeed. */
export class ThrottledError extends CdpError {
  override readonly name = 'ThrottledError';
  readonly code = 'THROTTLED';
  readonly retryable = true;
}
