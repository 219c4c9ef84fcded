import { RequestError } from '#shared/kernel/errors.ts';
import { type Outcome, ok, quarantined } from '#shared/kernel/outcome.ts';
import { type CollectedEvent, type EpochMs, EventType } from './event.ts';
import { eventTime, timeOf } from './event-time.ts';
import { idOf } from './ids.ts';
import { type Sender, withAddress } from './ip-address.ts';
import { isJson, type Json } from './json.ts';
import { LIMITS } from './limits.ts';
import { cutOff, isDeeper } from './nesting.ts';
import { isDangerousKey, tidy } from './tidy.ts';

/** A call that was not understood, with the reason; the rest of its batch goes on. */
export interface Rejected {
  /** Its place in the batch. */
  readonly index: number;
  readonly reason: string;
  readonly event: unknown;
}

export interface DecodedRequest {
  readonly events: readonly CollectedEvent[];
  readonly rejected: readonly Rejected[];
  /** What the request said for all of its calls, as far as it may be said. */
  readonly shared: { readonly sentAt?: EpochMs; readonly context?: Json };
}

/** How a request is read. */
export interface DecodeOptions {
  /** The call that the route names (`/v1/track`); without it the body is a batch. */
  readonly type?: EventType;
  readonly receivedAt: EpochMs;
  /** When it was sent by the sender's clock, as a header says it, for a body that does not. */
  readonly sentAt?: string | undefined;
  /** Where it came from; without it no address is kept. */
  readonly sender?: Sender | undefined;
  /** Names a call that came without a `messageId` by its content, so that the same bytes resent count once. */
  readonly digest: (text: string) => string;
}

/** What an event carries besides its own fields. */
const PAYLOADS = ['properties', 'traits', 'context'] as const;
const TYPES = new Set<string>(EventType.options);

/** What the events of one request have in common. */
interface Enclosing extends Omit<DecodeOptions, 'sentAt'> {
  /** What a batch says for all of its events; undefined where it is more than any event may say. */
  readonly context: Json | undefined;
  /** For events that came without one of their own. */
  readonly sentAt: EpochMs | undefined;
}

/**
 * Reads the body of a collect request, in the shapes that Segment's SDKs and API clients send.
 *
 * A body that is not an object, or a batch without events, is the client's fault and refused whole;
 * a single bad event never fails its batch, nor do those beyond what a batch may carry.
 *
 * @throws {RequestError} 400 for a body that no SDK sends, 413 for more events than could be kept aside.
 */
export function decodeRequest(body: unknown, options: DecodeOptions): DecodedRequest {
  if (!isJson(body)) throw badRequest('the body must be a JSON object');
  const events: CollectedEvent[] = [];
  const rejected: Rejected[] = [];
  const batch = options.type === undefined ? batchOf(body) : [body];
  const context = options.type === undefined ? sharedContext(body, batch.length) : NOTHING_SHARED;
  const enclosing: Enclosing = { ...options, context, sentAt: timeOf(body.sentAt) ?? timeOf(options.sentAt) };
  for (const [index, raw] of batch.entries()) {
    const outcome = index < LIMITS.batchEvents ? decodeEvent(raw, enclosing) : ONE_TOO_MANY;
    if (outcome.kind === 'ok') events.push(outcome.value);
    else rejected.push({ index, reason: outcome.reason, event: keepable(raw) });
  }
  const { sentAt } = enclosing;
  const shared = {
    ...(sentAt !== undefined && { sentAt }),
    ...(context !== undefined && context !== NOTHING_SHARED && { context }),
  };
  return { events, rejected, shared };
}

const NOTHING_SHARED: Json = {};
const ONE_TOO_MANY = quarantined('batch_too_many_events');

/** Written out it stands in each event, so that a small body could become a large stream. */
function sharedContext({ context }: Json, events: number): Json | undefined {
  if (!isJson(context)) return NOTHING_SHARED;
  const budget = { nodes: LIMITS.eventNodes, length: LIMITS.eventLength };
  const value = tidy(context, LIMITS.eventDepth, budget);
  const length = (LIMITS.eventLength - budget.length) * events;
  if (!isJson(value) || length > LIMITS.bodyBytes) return undefined;
  return Object.keys(value).length === 0 ? NOTHING_SHARED : value;
}

const isTooDeep = (raw: unknown): boolean => isDeeper(raw, LIMITS.rejectedDepth);
const keepable = (raw: unknown): unknown => (isTooDeep(raw) ? cutOff(raw, LIMITS.rejectedDepth) : raw);

function batchOf({ batch }: Json): readonly unknown[] {
  if (!Array.isArray(batch) || batch.length === 0) {
    throw badRequest('"batch" must be an array of at least one event');
  }
  if (batch.length > LIMITS.bodyEvents) {
    throw new RequestError({
      status: 413,
      code: 'BATCH_TOO_LARGE',
      message: `a body carries at most ${LIMITS.bodyEvents} events, this one has ${batch.length}: send it in parts`,
    });
  }
  return batch;
}

function decodeEvent(raw: unknown, enclosing: Enclosing): Outcome<CollectedEvent> {
  const { receivedAt, digest } = enclosing;
  if (!isJson(raw)) return quarantined('not_an_object');
  const type = enclosing.type ?? (typeof raw.type === 'string' ? raw.type.toLowerCase() : undefined);
  if (type === undefined || !isEventType(type)) return quarantined('unknown_type');

  const userId = idOf(raw.userId);
  const anonymousId = idOf(raw.anonymousId);
  if (userId === undefined && anonymousId === undefined) return quarantined('no_user_anon_id');

  const event = type === 'track' ? nameOf(raw.event) : undefined;
  if (type === 'track' && event === undefined) return quarantined('no_event_name');

  // RudderStack's server SDK says when it was called beside when its caller says that it happened
  const given = raw.timestamp ?? raw.originalTimestamp;
  const isTimed = given !== undefined && given !== null;
  const originalTimestamp = isTimed ? timeOf(given) : receivedAt;
  if (originalTimestamp === undefined) return quarantined('bad_timestamp');
  const sentAt = raw.sentAt === undefined || raw.sentAt === null ? enclosing.sentAt : timeOf(raw.sentAt);

  const payloads = readPayloads(raw, enclosing.context);
  if (payloads.kind !== 'ok') return payloads;
  const messageId = messageIdOf(raw, type, digest);
  if (messageId === undefined) return quarantined('event_too_complex');

  const { properties, traits, context } = payloads.value;
  // Every event has every field, in one order: what reads them meets one shape
  return ok({
    type,
    messageId,
    timestamp: eventTime({ originalTimestamp, sentAt, receivedAt }),
    originalTimestamp: isTimed ? originalTimestamp : undefined,
    userId,
    anonymousId,
    previousId: idOf(raw.previousId),
    groupId: idOf(raw.groupId),
    event,
    name: nameOf(raw.name),
    properties: type === 'page' || type === 'screen' ? withTitle(properties, raw) : properties,
    traits,
    context: withAddress(context, enclosing.sender),
    violations: undefined,
  });
}

/** Printable ASCII that JSON writes as it is: as many bytes as characters. */
const PLAIN = /^[ !#-[\]-~]*$/;

/**
 * The event's own message id; without a usable one, a digest of the call that the client made, if that
 * has one. It is sent again with the same bytes, but for when.
 */
function messageIdOf(raw: Json, type: EventType, digest: DecodeOptions['digest']): string | undefined {
  const id = raw.messageId;
  if (typeof id === 'string' && id !== '') {
    return id.length <= LIMITS.messageIdLength && PLAIN.test(id) ? id : digest(id);
  }
  if (isTooDeep(raw)) return undefined;
  const { sentAt: _, ...lasting } = raw;
  return digest(JSON.stringify({ ...lasting, type }));
}

type Payloads = { [Key in (typeof PAYLOADS)[number]]: Json | undefined };

function readPayloads(raw: Json, shared: Json | undefined): Outcome<Payloads> {
  if (shared === undefined) return quarantined('batch_context_too_large');
  const budget = { nodes: LIMITS.eventNodes, length: LIMITS.eventLength };
  const payloads: Payloads = { properties: undefined, traits: undefined, context: undefined };
  for (const key of PAYLOADS) {
    const own = raw[key];
    if (own !== undefined && own !== null && !isJson(own)) return quarantined(`bad_${key}`);
    const whole = key === 'context' ? withShared(own, shared) : own;
    if (whole === undefined || whole === null) continue;
    const value = tidy(whole, LIMITS.eventDepth, budget);
    if (!isJson(value)) return quarantined(budget.length < 0 ? 'event_too_large' : 'event_too_complex');
    payloads[key] = value;
  }
  return ok(payloads);
}

/** What a batch says for all of its events, overruled by what the event says itself. */
function withShared(own: Json | null | undefined, shared: Json): Json | null | undefined {
  if (shared === NOTHING_SHARED) return own;
  return own === undefined || own === null ? shared : { ...shared, ...own };
}

/**
 * What a page or screen is called stands among its properties, where conditions and the timeline meet it:
 * SDKs for browsers say it there as well, those for servers beside them alone.
 */
function withTitle(properties: Json | undefined, raw: Json): Json | undefined {
  let titled = properties;
  for (const key of ['name', 'category'] as const) {
    const value = titled?.[key] === undefined ? nameOf(raw[key]) : undefined;
    if (value !== undefined) titled = { ...titled, [key]: value };
  }
  return titled;
}

function nameOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const name = value.trim().toWellFormed();
  return name === '' || name.length > LIMITS.nameLength || isDangerousKey(name) ? undefined : name;
}

function isEventType(type: string): type is EventType {
  return TYPES.has(type);
}

const badRequest = (message: string): RequestError =>
  new RequestError({ status: 400, code: 'BAD_REQUEST', message });
