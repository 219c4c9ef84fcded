import { RequestError } from '#shared/kernel/errors.ts';
import { type Outcome, ok, quarantined } from '#shared/kernel/outcome.ts';
import { type CollectedEvent, type EpochMs, EventType } from './event.ts';
import { eventTime, timeOf } from './event-time.ts';
import { idOf } from './ids.ts';
import { LIMITS } from './limits.ts';
import { isDangerousKey, tidy } from './tidy.ts';

/** A call that was not understood, with the reason; the rest of its batch goes on. */
export interface Rejected {
  readonly reason: string;
  readonly event: unknown;
}

export interface DecodedRequest {
  readonly events: readonly CollectedEvent[];
  readonly rejected: readonly Rejected[];
}

/** How a request is read. */
export interface DecodeOptions {
  /** The call that the route names (`/v1/track`); without it the body is a batch. */
  readonly type?: EventType;
  readonly receivedAt: EpochMs;
  /** Names a call that came without a `messageId` by its content, so that the same bytes resent count once. */
  readonly digest: (text: string) => string;
}

const TYPES = new Set<string>(EventType.options);

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads the body of a collect request, in the shapes that Segment's SDKs and API clients send.
 *
 * A body that is not an object, or a batch without events, is the client's fault and refused whole;
 * a single bad event never fails its batch.
 *
 * @throws {RequestError} 400 for a body that no SDK sends, 413 for more events than a batch may carry.
 */
export function decodeRequest(body: unknown, options: DecodeOptions): DecodedRequest {
  if (!isObject(body)) throw badRequest('the body must be a JSON object');
  if (options.type !== undefined)
    return collectOutcomes([decodeEvent(body, options.type, body, options)], [body]);
  const { batch } = body;
  if (!Array.isArray(batch) || batch.length === 0) {
    throw badRequest('"batch" must be an array of at least one event');
  }
  if (batch.length > LIMITS.batchEvents) {
    throw new RequestError({
      status: 413,
      code: 'BATCH_TOO_LARGE',
      message: `a batch carries at most ${LIMITS.batchEvents} events, this one has ${batch.length}: send it in parts`,
    });
  }
  return collectOutcomes(
    batch.map((event: unknown) => decodeEvent(event, undefined, body, options)),
    batch,
  );
}

function collectOutcomes(
  outcomes: readonly Outcome<CollectedEvent>[],
  raw: readonly unknown[],
): DecodedRequest {
  const events: CollectedEvent[] = [];
  const rejected: Rejected[] = [];
  outcomes.forEach((outcome, index) => {
    if (outcome.kind === 'ok') events.push(outcome.value);
    else rejected.push({ reason: outcome.reason, event: raw[index] });
  });
  return { events, rejected };
}

function decodeEvent(
  raw: unknown,
  routeType: EventType | undefined,
  body: Json,
  { receivedAt, digest }: DecodeOptions,
): Outcome<CollectedEvent> {
  if (!isObject(raw)) return quarantined('not_an_object');
  const type = routeType ?? (typeof raw.type === 'string' ? raw.type.toLowerCase() : undefined);
  if (type === undefined || !isEventType(type)) return quarantined('unknown_type');

  const userId = idOf(raw.userId);
  const anonymousId = idOf(raw.anonymousId);
  if (userId === undefined && anonymousId === undefined) return quarantined('no_user_anon_id');

  const event = type === 'track' ? nameOf(raw.event) : undefined;
  if (type === 'track' && event === undefined) return quarantined('no_event_name');

  const given = raw.originalTimestamp ?? raw.timestamp;
  const originalTimestamp = given === undefined || given === null ? receivedAt : timeOf(given);
  if (originalTimestamp === undefined) return quarantined('bad_timestamp');

  const payloads = readPayloads(raw, body);
  if (payloads.kind !== 'ok') return payloads;

  const previousId = idOf(raw.previousId);
  const groupId = idOf(raw.groupId);
  const name = nameOf(raw.name);
  const decoded = {
    type,
    timestamp: eventTime({ originalTimestamp, sentAt: timeOf(raw.sentAt ?? body.sentAt), receivedAt }),
    originalTimestamp,
    ...(userId !== undefined && { userId }),
    ...(anonymousId !== undefined && { anonymousId }),
    ...(previousId !== undefined && { previousId }),
    ...(groupId !== undefined && { groupId }),
    ...(event !== undefined && { event }),
    ...(name !== undefined && { name }),
    ...payloads.value,
  };
  return ok({ ...decoded, messageId: messageIdOf(raw, digest) });
}

/** The event's own message id; without a usable one, a digest of what the client sent. */
function messageIdOf(raw: Json, digest: DecodeOptions['digest']): string {
  const id = raw.messageId;
  if (typeof id === 'string' && id !== '') return id.length <= LIMITS.messageIdLength ? id : digest(id);
  const { sentAt: _, ...lasting } = raw;
  return digest(JSON.stringify(lasting));
}

type Payloads = Pick<CollectedEvent, 'properties' | 'traits' | 'context'>;

function readPayloads(raw: Json, body: Json): Outcome<Payloads> {
  const budget = { nodes: LIMITS.eventNodes, length: LIMITS.eventLength };
  const payloads: { -readonly [Key in keyof Payloads]: Payloads[Key] } = {};
  for (const key of ['properties', 'traits', 'context'] as const) {
    const shared = key === 'context' && raw !== body && isObject(body.context) ? body.context : undefined;
    const own = raw[key];
    if (own === undefined || own === null) {
      if (shared !== undefined) payloads[key] = shared;
      continue;
    }
    if (!isObject(own)) return quarantined(`bad_${key}`);
    const value = tidy(own, LIMITS.eventDepth, budget);
    if (!isObject(value)) return quarantined(budget.length < 0 ? 'event_too_large' : 'event_too_complex');
    payloads[key] = shared === undefined ? value : { ...shared, ...value };
  }
  return ok(payloads);
}

function nameOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const name = value.trim();
  return name === '' || name.length > LIMITS.nameLength || isDangerousKey(name) ? undefined : name;
}

function isEventType(type: string): type is EventType {
  return TYPES.has(type);
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const badRequest = (message: string): RequestError =>
  new RequestError({ status: 400, code: 'BAD_REQUEST', message });
