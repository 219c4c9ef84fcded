import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import type { EventsStream, KeyedStreamRecord } from '#functions/adapters/kinesis/events-stream.ts';
import type { Quarantine } from '#functions/adapters/s3/quarantine.ts';
import type { HttpAnswer, HttpRequest } from '#functions/runtime/http.ts';
import { count } from '#functions/runtime/telemetry.ts';
import { type DecodedRequest, decodeRequest } from '#shared/events/decode-request.ts';
import type { CollectedEvent, EventType } from '#shared/events/event.ts';
import { LIMITS } from '#shared/events/limits.ts';
import type { SourceStamp, StreamRecord } from '#shared/events/stream-record.ts';
import { RequestError } from '#shared/kernel/errors.ts';
import type { Source } from '#shared/sources/source.ts';
import { writeKeyOf } from './write-key.ts';

export interface CollectPorts {
  /** The source that a write key belongs to. */
  readonly sourceOf: (writeKey: string) => Promise<Source | undefined>;
  readonly stream: EventsStream;
  readonly quarantine: Quarantine;
}

/** Kinesis takes records of 1 MiB; a record's own fields need little. */
const RECORD_LENGTH = 900_000;

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
  await keepRejected(decoded, { request, source, quarantine: ports.quarantine });
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
  { rejected }: DecodedRequest,
  {
    request,
    source,
    quarantine,
  }: { readonly request: HttpRequest; readonly source: Source; readonly quarantine: Quarantine },
): Promise<void> {
  const { receivedAt, requestId } = request;
  if (rejected.length === 0) return;
  await quarantine.keep({
    source: source.id,
    id: requestId,
    entries: rejected.map(({ reason, event }) => ({ reason, receivedAt, event })),
  });
  count('EventsQuarantined', rejected.length);
}

const stampOf = ({ id, legalEntity, identity, market, brand, country }: Source): SourceStamp => ({
  id,
  legalEntity,
  ...(identity !== undefined && { identity }),
  market,
  brand,
  ...(country !== undefined && { country }),
});

/**
 * One record for each partition key, so that one person's events of a request stay in order and cost
 * one record: the key is the id that the events name their person by.
 */
export function streamRecords(
  events: readonly CollectedEvent[],
  common: Pick<StreamRecord, 'source' | 'receivedAt'>,
): KeyedStreamRecord[] {
  const keys = Map.groupBy(events, ({ userId, anonymousId }) =>
    userId === undefined ? `anonymousId#${anonymousId}` : `userId#${userId}`,
  );
  return [...keys].flatMap(([partitionKey, ofKey]) =>
    inParts(ofKey).map((part) => ({ partitionKey, record: { v: 1 as const, ...common, events: part } })),
  );
}

function inParts(events: readonly CollectedEvent[]): CollectedEvent[][] {
  const parts: CollectedEvent[][] = [];
  let length = Number.POSITIVE_INFINITY;
  for (const event of events) {
    const size = events.length === 1 ? 0 : Buffer.byteLength(JSON.stringify(event));
    const last = parts.at(-1);
    if (last === undefined || length + size > RECORD_LENGTH) {
      parts.push([event]);
      length = size;
    } else {
      last.push(event);
      length += size;
    }
  }
  return parts;
}

const digest = (text: string): string => `digest-${createHash('sha256').update(text).digest('base64url')}`;

const unknownWriteKey = (): RequestError =>
  new RequestError({
    status: 401,
    code: 'UNKNOWN_WRITE_KEY',
    message:
      'no enabled source has this write key: send it as the user of Basic authentication, or as "writeKey"',
  });
