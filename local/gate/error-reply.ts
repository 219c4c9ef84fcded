import type { AwsError, AwsReply } from './aws-call.ts';
import { tags, xml } from './xml.ts';

/** The names that S3 has for what the other services agree on. */
const S3_CODES: Readonly<Record<string, string>> = {
  AccessDeniedException: 'AccessDenied',
  MissingAuthenticationTokenException: 'AccessDenied',
  UnrecognizedClientException: 'InvalidAccessKeyId',
  UnknownOperationException: 'NotImplemented',
};

/** These the JSON RPC services answer with a 400 as any other, S3 and the REST services with a 403. */
const FORBIDDEN = new Set([
  'AccessDeniedException',
  'MissingAuthenticationTokenException',
  'UnrecognizedClientException',
]);

/** Writes an error in the protocol of the service that it comes from, so that clients raise its class. */
export function errorReply(error: AwsError, call: { service: string; rpc: boolean }): AwsReply {
  const code = error.code;
  if (call.service === 's3') {
    const s3Code = S3_CODES[code] ?? code;
    const status = s3Code === 'NotImplemented' ? 501 : statusOf(error, 403);
    return xml(status, `<Error>${tags({ Code: s3Code, Message: error.message })}</Error>`);
  }
  if (call.service === 'sts') {
    const detail = tags({ Type: 'Sender', Code: code, Message: error.message });
    return xml(statusOf(error, 403), `<ErrorResponse><Error>${detail}</Error></ErrorResponse>`);
  }
  return {
    status: statusOf(error, call.rpc ? 400 : 403),
    headers: {
      'content-type': call.rpc ? 'application/x-amz-json-1.0' : 'application/json',
      'x-amzn-errortype': code,
    },
    // EventBridge Scheduler writes `Message`, the others `message`; each client reads its own.
    body: JSON.stringify({ __type: code, message: error.message, Message: error.message }),
  };
}

function statusOf(error: AwsError, forbidden: number): number {
  return error.status === 400 && FORBIDDEN.has(error.code) ? forbidden : error.status;
}
