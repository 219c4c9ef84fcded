import { gunzipSync } from 'node:zlib';
import { LIMITS } from '#shared/events/limits.ts';
import { RequestError } from '#shared/kernel/errors.ts';

const BYTE_ORDER_MARK = 0xfeff;

/**
 * The body as JSON, told by its bytes and not by what the request says of them: SDKs send gzip as a
 * form, and JSON as text so that a browser need not ask leave.
 *
 * @throws {RequestError} 400 for what is no JSON, 413 for gzip that unfolds to more than its bound.
 */
export function readBody(bytes: Buffer): unknown {
  const text = isGzip(bytes) ? gunzip(bytes).toString('utf8') : bytes.toString('utf8');
  try {
    return JSON.parse(text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text);
  } catch (cause) {
    throw text.startsWith(SPOILT_GZIP) ? spoiltGzip(cause) : notJson(cause);
  }
}

/** What the first bytes of gzip are once somebody has taken them for text. */
const SPOILT_GZIP = '\u001f\ufffd';

const isGzip = (bytes: Buffer): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

function gunzip(bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: LIMITS.inflatedBytes });
  } catch (cause) {
    throw isTooLarge(cause) ? tooLarge(cause) : notJson(cause);
  }
}

const isTooLarge = (fault: unknown): boolean =>
  fault instanceof Error && 'code' in fault && fault.code === 'ERR_BUFFER_TOO_LARGE';

const notJson = (cause: unknown): RequestError =>
  new RequestError(
    { status: 400, code: 'BAD_JSON', message: 'the body is not JSON: send one JSON object in UTF-8' },
    { cause },
  );

const spoiltGzip = (cause: unknown): RequestError =>
  new RequestError(
    {
      status: 400,
      code: 'BAD_JSON',
      message:
        'the body is gzip that was taken for text on its way: say "content-encoding: gzip", or send it as application/octet-stream',
    },
    { cause },
  );

const tooLarge = (cause: unknown): RequestError =>
  new RequestError(
    {
      status: 413,
      code: 'BODY_TOO_LARGE',
      message: `the body unfolds to more than ${LIMITS.inflatedBytes} bytes`,
    },
    { cause },
  );
