/** Who signs a call: a deployed function or service by its role, or the operator, who may do everything. */
export type Caller =
  | { readonly kind: 'role'; readonly roleId: string; readonly name: string }
  | { readonly kind: 'operator' };

/** One request to an AWS service as the gate hands it on; the body is whole and already read. */
export interface AwsCall {
  /** The SigV4 signing name: `dynamodb`, `kinesis`, `s3`, `ses`, `states`, `scheduler`, `events`, `secretsmanager`, `sqs`. */
  readonly service: string;
  /** From `x-amz-target` in the JSON protocols; for REST services what method and path mean (`PutObject`). */
  readonly operation: string;
  readonly method: string;
  /** With the query string, as it came. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly caller: Caller;
}

export interface AwsReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** A service behind the gate. It throws {@link AwsError} for what AWS answers as an error. */
export type AwsService = (call: AwsCall) => Promise<AwsReply>;

/** One thing that a call asks leave for, in IAM's own terms. */
export interface AccessRequest {
  /** `dynamodb:PutItem` */
  readonly action: string;
  /** An ARN, or `*` where the action takes none. */
  readonly resource: string;
  /** Condition keys with the request's values, `kms:ViaService` and the like. */
  readonly context?: Readonly<Record<string, string>>;
}

/**
 * Checks that the caller's role allows everything asked for, KMS of encrypted resources included.
 *
 * @throws {AwsError} `AccessDeniedException`, naming the function, the action and the resource.
 */
export type Authorize = (caller: Caller, requests: readonly AccessRequest[]) => void;

/** What AWS would answer as an error; the gate writes it in the protocol of the service. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}
