/** What a request's SigV4 signature says of it. */
export interface Signature {
  readonly accessKeyId: string;
  readonly region: string;
  /** The signing name: `dynamodb`, `ses`, `states`. */
  readonly service: string;
}

/** `AKID/20260101/eu-west-1/dynamodb/aws4_request` */
const SCOPE = /^([^/,]+)\/\d{8}\/([^/,]+)\/([^/,]+)\/aws4_request/;

/**
 * Reads who signed a request, and for which service and region: in a header or, presigned, in the query.
 *
 * A signature in a header is not verified: the gate listens on the loopback alone, and what it guards is a
 * function's permissions, not a secret. An access key id is taken at its word. What a query signs is
 * handed to others, and `checkPresigned` looks at it.
 */
export function readSignature(
  headers: Readonly<Record<string, string>>,
  path: string,
): Signature | undefined {
  const [, signed] = headers.authorization?.split('Credential=') ?? [];
  const presigned = new URLSearchParams(path.split('?', 2)[1]).get('X-Amz-Credential');
  const [, accessKeyId, region, service] = SCOPE.exec(signed ?? presigned ?? '') ?? [];
  if (accessKeyId === undefined || region === undefined || service === undefined) return undefined;
  return { accessKeyId, region, service };
}
