import type { AwsError, AwsReply } from './aws-call.ts';

/** The names that S3 has for what the other services agree on. */
const S3_CODES: Readonly<Record<string, string>> = {
  AccessDeniedException: 'AccessDenied',
  MissingAuthenticationTokenException: 'AccessDenied',
  UnrecognizedClientException: 'InvalidAccessKeyId',
  UnknownOperationException: 'NotImplemented',
};

/** Of these the JSON RPC services answer 400, S3 and the REST services 403. */
const FORBIDDEN = new Set([...Object.keys(S3_CODES), 'ExpiredTokenException']);

/** Writes an error in the protocol of the service that it comes from, so that clients raise its class. */
export function errorReply(error: AwsError, call: { service: string; rpc: boolean }): AwsReply {
  const code = error.code;
  if (call.service === 's3') {
    const s3Code = S3_CODES[code] ?? code;
    const status = s3Code === 'NotImplemented' ? 501 : statusOf(error, 403);
    return xml(status, `<Error><Code>${s3Code}</Code><Message>${escapeXml(error.message)}</Message></Error>`);
  }
  if (call.service === 'sts') {
    const detail = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${escapeXml(error.message)}</Message></Error>`;
    return xml(statusOf(error, 403), `<ErrorResponse>${detail}</ErrorResponse>`);
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

/** An XML document as a reply. */
export function xml(status: number, body: string): AwsReply {
  return {
    status,
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}`,
  };
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

export function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}
