import { RequestError } from '#shared/kernel/errors.ts';
import { type Outcome, ok, quarantined } from '#shared/kernel/outcome.ts';
import { type CollectedEvent, type EpochMs, EventType } from './event.ts';
import { eventTime, timeOf } from './event-time.ts';
import { idOf } from './ids.ts';
import { isJson, type Json } from './json.ts';
import { LIMITS } from './limits.ts';
import { cutOff, isDeeper } from './nesting.ts';
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

/** What an event carries besides its own fields. */
const PAYLOADS = ['properties', 'traits', 'context'] as const;
const TYPES = new Set<string>(EventType.options);

/** What the events of one request have in common. */
interface Enclosing extends DecodeOptions {
  readonly body: Json;
  /** For events that came without one of their own. */
  readonly sentAt: EpochMs | undefined;
}

/**
 * Reads the body of a collect request, in the shapes that Segment's SDKs and API clients send.
 *
 * A body that is not an object, or a batch without events, is the client's fault and refused whole;
 * a single bad event never fails its batch.
 *
 * @throws {RequestError} 400 for a body that no SDK sends, 413 for more events than a batch may carry.
 */
export function decodeRequest(body: unknown, options: DecodeOptions): DecodedRequest {
  if (!isJson(body)) throw badRequest('the body must be a JSON object');
  const events: CollectedEvent[] = [];
  const rejected: Rejected[] = [];
  const enclosing: Enclosing = { ...options, body, sentAt: timeOf(body.sentAt) };
  for (const raw of options.type === undefined ? batchOf(body) : [body]) {
    const outcome = decodeEvent(raw, enclosing);
    if (outcome.kind === 'ok') events.push(outcome.value);
    else rejected.push({ reason: outcome.reason, event: keepable(raw) });
  }
  return { events, rejected };
}

const isTooDeep = (raw: unknown): boolean => isDeeper(raw, LIMITS.rejectedDepth);
const keepable = (raw: unknown): unknown => (isTooDeep(raw) ? cutOff(raw, LIMITS.rejectedDepth) : raw);

function batchOf({ batch }: Json): readonly unknown[] {
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
  return batch;
}

/** An event while it is put together. */
type Decoding = { -readonly [Key in keyof CollectedEvent]: CollectedEvent[Key] };

function decodeEvent(raw: unknown, enclosing: Enclosing): Outcome<CollectedEvent> {
  const { body, receivedAt, digest } = enclosing;
  if (!isJson(raw)) return quarantined('not_an_object');
  const type = enclosing.type ?? (typeof raw.type === 'string' ? raw.type.toLowerCase() : undefined);
  if (type === undefined || !isEventType(type)) return quarantined('unknown_type');

  const userId = idOf(raw.userId);
  const anonymousId = idOf(raw.anonymousId);
  if (userId === undefined && anonymousId === undefined) return quarantined('no_user_anon_id');

  const event = type === 'track' ? nameOf(raw.event) : undefined;
  if (type === 'track' && event === undefined) return quarantined('no_event_name');

  const given = raw.originalTimestamp ?? raw.timestamp;
  const originalTimestamp = given === undefined || given === null ? receivedAt : timeOf(given);
  if (originalTimestamp === undefined) return quarantined('bad_timestamp');
  const sentAt = raw.sentAt === undefined || raw.sentAt === null ? enclosing.sentAt : timeOf(raw.sentAt);

  const payloads = readPayloads(raw, body);
  if (payloads.kind !== 'ok') return payloads;
  const messageId = messageIdOf(raw, digest);
  if (messageId === undefined) return quarantined('event_too_complex');

  const decoded: Decoding = {
    type,
    messageId,
    timestamp: eventTime({ originalTimestamp, sentAt, receivedAt }),
    originalTimestamp,
    ...payloads.value,
  };
  const previousId = idOf(raw.previousId);
  const groupId = idOf(raw.groupId);
  const name = nameOf(raw.name);
  if (userId !== undefined) decoded.userId = userId;
  if (anonymousId !== undefined) decoded.anonymousId = anonymousId;
  if (previousId !== undefined) decoded.previousId = previousId;
  if (groupId !== undefined) decoded.groupId = groupId;
  if (event !== undefined) decoded.event = event;
  if (name !== undefined) decoded.name = name;
  return ok(decoded);
}

/** The event's own message id; without a usable one, a digest of what the client sent, if that has one. */
function messageIdOf(raw: Json, digest: DecodeOptions['digest']): string | undefined {
  const id = raw.messageId;
  if (typeof id === 'string' && id !== '') return id.length <= LIMITS.messageIdLength ? id : digest(id);
  if (isTooDeep(raw)) return undefined;
  const { sentAt: _, ...lasting } = raw;
  return digest(JSON.stringify(lasting));
}

function readPayloads(raw: Json, body: Json): Outcome<Pick<Decoding, (typeof PAYLOADS)[number]>> {
  const budget = { nodes: LIMITS.eventNodes, length: LIMITS.eventLength };
  const payloads: Pick<Decoding, (typeof PAYLOADS)[number]> = {};
  for (const key of PAYLOADS) {
    const shared = key === 'context' && raw !== body && isJson(body.context) ? body.context : undefined;
    const own = raw[key] ?? shared;
    if (own === undefined || own === null) continue;
    if (!isJson(own)) return quarantined(`bad_${key}`);
    // What the batch says for all counts against each event: written out, it stands in each
    const whole = shared === undefined || shared === own ? own : { ...shared, ...own };
    const value = tidy(whole, LIMITS.eventDepth, budget);
    if (!isJson(value)) return quarantined(budget.length < 0 ? 'event_too_large' : 'event_too_complex');
    payloads[key] = value;
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

const badRequest = (message: string): RequestError =>
  new RequestError({ status: 400, code: 'BAD_REQUEST', message });
