import type { EventsStream } from '#functions/adapters/kinesis/events-stream.ts';
import { digest, stampOf, streamRecords } from '#functions/adapters/kinesis/stream-records.ts';
import type { Quarantine } from '#functions/adapters/s3/quarantine.ts';
import type { HttpAnswer, HttpRequest } from '#functions/runtime/http.ts';
import { count } from '#functions/runtime/telemetry.ts';
import { decodeRequest } from '#shared/events/decode-request.ts';
import type { EventType } from '#shared/events/event.ts';
import type { Sender } from '#shared/events/ip-address.ts';
import { RequestError } from '#shared/kernel/errors.ts';
import { countRefused } from '#shared/quality/count-refused.ts';
import type { QualityCounts } from '#shared/quality/quality-count.ts';
import { type AdmissionRules, admitEvents } from '#shared/sources/admit-events.ts';
import { isOriginAllowed } from '#shared/sources/origin.ts';
import type { Source } from '#shared/sources/source.ts';
import { keepRejected } from './keep-rejected.ts';
import { readBody } from './read-body.ts';
import { refuseStrictly } from './refuse-strictly.ts';
import { writeKeyOf } from './write-key.ts';

export interface CollectPorts {
  /** The source that a write key belongs to. */
  readonly sourceOf: (writeKey: string) => Promise<Source | undefined>;
  /** What the source asks of its events; nothing where it takes all as they are. */
  readonly rulesOf: (source: Source) => Promise<AdmissionRules | undefined>;
  readonly stream: EventsStream;
  readonly quarantine: Quarantine;
  readonly counts: QualityCounts;
}

/**
 * Takes in one request: answers 200 when every good event is durable in the stream and every bad one
 * in quarantine.
 *
 * @param type the call that the route names; without it the body is a batch.
 * @param body what it says, where that is not its body.
 * @throws {RequestError} 400, 401, 403 or 413 when nothing of the request was taken in.
 * @throws {ThrottledError | UnavailableError} when the stream or quarantine refuses; the client sends again,
 * and what was already taken in is told by its message id.
 */
export async function collectRequest(
  request: HttpRequest,
  {
    type,
    ports,
    body = readBody(request.body),
  }: { readonly type?: EventType; readonly ports: CollectPorts; readonly body?: unknown },
): Promise<HttpAnswer> {
  const source = await sourceOf(request, body, ports);
  const { receivedAt, requestId, headers } = request;
  const sender = senderOf(request, source);
  const decoded = decodeRequest(body, {
    ...(type !== undefined && { type }),
    receivedAt,
    digest,
    sentAt: headers.sentat,
    sender,
  });
  const rules = await ports.rulesOf(source);
  const admitted = admitEvents(decoded.events, rules);
  if (headers['x-strict-mode'] === '1') refuseStrictly(decoded, admitted, type);

  // first the stream, which tells a request that is sent again by its message ids: quarantine would keep it again
  await ports.stream.put(streamRecords(admitted.events, { source: stampOf(source), receivedAt }));
  await keepRejected({ request, type, source, sender, rules, decoded, admitted }, ports.quarantine);
  await ports.counts.add(countRefused({ source: source.id, at: receivedAt, type }, [decoded, admitted]));
  return {
    status: 200,
    body: {
      success: true,
      ok: true,
      accepted: admitted.events.length,
      rejected: decoded.rejected.length + admitted.rejected.length,
      dropped: admitted.dropped.length,
      requestId,
    },
  };
}

async function sourceOf(request: HttpRequest, body: unknown, ports: CollectPorts): Promise<Source> {
  const writeKey = writeKeyOf(request, body);
  const source = writeKey === undefined ? undefined : await ports.sourceOf(writeKey);
  if (!source?.enabled) {
    count('UnknownWriteKey');
    throw unknownWriteKey();
  }
  if (!isOriginAllowed(source.allowedOrigins, request.headers.origin)) throw originNotAllowed();
  return source;
}

/** Where a request came from, unless its source or, in Jitsu's words, its sender wants no address kept. */
function senderOf({ headers, sourceIp }: HttpRequest, source: Source): Sender | undefined {
  const policy = headers['x-ip-policy'] ?? 'keep';
  if (source.ip !== true || policy !== 'keep') return undefined;
  return { address: sourceIp, isBrowser: headers.origin !== undefined };
}

const originNotAllowed = (): RequestError =>
  new RequestError({
    status: 403,
    code: 'ORIGIN_NOT_ALLOWED',
    message: 'the source takes nothing from pages of this origin: add it to its "allowedOrigins"',
  });

const unknownWriteKey = (): RequestError =>
  new RequestError({
    status: 401,
    code: 'UNKNOWN_WRITE_KEY',
    message:
      'no enabled source has this write key: send it as the user of Basic authentication, or as "writeKey" in the body',
  });
