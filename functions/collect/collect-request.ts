import { gunzipSync } from 'node:zlib';
import type { EventsStream } from '#functions/adapters/kinesis/events-stream.ts';
import { digest, stampOf, streamRecords } from '#functions/adapters/kinesis/stream-records.ts';
import type { Quarantine } from '#functions/adapters/s3/quarantine.ts';
import type { HttpAnswer, HttpRequest } from '#functions/runtime/http.ts';
import { count } from '#functions/runtime/telemetry.ts';
import { type DecodedRequest, decodeRequest } from '#shared/events/decode-request.ts';
import type { EventType } from '#shared/events/event.ts';
import { LIMITS } from '#shared/events/limits.ts';
import { RequestError } from '#shared/kernel/errors.ts';
import type { Source } from '#shared/sources/source.ts';
import { writeKeyOf } from './write-key.ts';

export interface CollectPorts {
  /** The source that a write key belongs to. */
  readonly sourceOf: (writeKey: string) => Promise<Source | undefined>;
  readonly stream: EventsStream;
  readonly quarantine: Quarantine;
}

/**
 * Takes in one request: answers 200 when every good event is durable in the stream and every bad one
 * in quarantine.
 *
 * @param type the call that the route names; without it the body is a batch.
 * @throws {RequestError} 400, 401 or 413 when nothing of the request was taken in.
 * @throws {UnavailableError} when the stream refuses; the client sends again, and what was already
 * taken in is told by its message id.
 */
export async function collectRequest(
  request: HttpRequest,
  { type, ports }: { readonly type?: EventType; readonly ports: CollectPorts },
): Promise<HttpAnswer> {
  const body = parseBody(request.body);
  const writeKey = writeKeyOf(request.headers, body);
  const source = writeKey === undefined ? undefined : await ports.sourceOf(writeKey);
  if (!source?.enabled) throw unknownWriteKey();

  const { receivedAt, requestId } = request;
  const decoded = decodeRequest(body, { receivedAt, digest, ...(type !== undefined && { type }) });
  await keepRejected(decoded, { request, type, source, quarantine: ports.quarantine });
  await ports.stream.put(streamRecords(decoded.events, { source: stampOf(source), receivedAt }));
  return {
    status: 200,
    body: {
      success: true,
      ok: true,
      accepted: decoded.events.length,
      rejected: decoded.rejected.length,
      requestId,
    },
  };
}

/** The body as JSON, whatever it says its type is; gzip is told by its first bytes. */
function parseBody(bytes: Buffer): unknown {
  try {
    const plain =
      bytes[0] === 0x1f && bytes[1] === 0x8b
        ? gunzipSync(bytes, { maxOutputLength: LIMITS.bodyBytes * 2 })
        : bytes;
    return JSON.parse(plain.toString('utf8').replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw new RequestError(
      { status: 400, code: 'BAD_JSON', message: 'the body is not JSON: send one JSON object in UTF-8' },
      { cause },
    );
  }
}

async function keepRejected(
  { rejected, shared }: DecodedRequest,
  {
    request,
    type,
    source,
    quarantine,
  }: {
    readonly request: HttpRequest;
    readonly type: EventType | undefined;
    readonly source: Source;
    readonly quarantine: Quarantine;
  },
): Promise<void> {
  const { receivedAt, requestId } = request;
  if (rejected.length === 0) return;
  await quarantine.keep({
    source: source.id,
    id: requestId,
    entries: rejected.map(({ reason, event }) => ({
      reason,
      receivedAt,
      event,
      request: { ...shared, ...(type !== undefined && { type }) },
    })),
  });
  count('EventsQuarantined', rejected.length);
}

const unknownWriteKey = (): RequestError =>
  new RequestError({
    status: 401,
    code: 'UNKNOWN_WRITE_KEY',
    message:
      'no enabled source has this write key: send it as the user of Basic authentication, or as "writeKey"',
  });
