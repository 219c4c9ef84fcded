import { describe, expect, it } from 'vitest';
import { type DecodeOptions, decodeRequest } from '#shared/events/decode-request.ts';
import { LIMITS } from '#shared/events/limits.ts';

const RECEIVED_AT = Date.parse('2026-11-22T12:00:00Z');
const options: DecodeOptions = { receivedAt: RECEIVED_AT, digest: (text) => `digest of ${text.length}` };
const decode = (body: unknown, more: Partial<DecodeOptions> = {}) =>
  decodeRequest(body, { ...options, ...more });
const batch = (...events: unknown[]) => decode({ batch: events });
const track = (said: Record<string, unknown> = {}) => ({
  type: 'track',
  event: 'Viewed',
  userId: 'u1',
  messageId: 'm1',
  ...said,
});
const nested = (depth: number): unknown => (depth === 0 ? 1 : { a: nested(depth - 1) });

describe('decodeRequest', () => {
  it('reads what @segment/analytics-node sends', () => {
    const { events, rejected } = decode({
      batch: [
        {
          timestamp: '2026-11-22T11:00:00.000Z',
          integrations: {},
          event: 'Order Completed',
          type: 'track',
          properties: { total: 1 },
          context: { library: { name: '@segment/analytics-node' } },
          userId: 'u1',
          messageId: 'node-next-1',
          _metadata: { jsRuntime: 'node' },
        },
      ],
      writeKey: 'WK1',
      sentAt: '2026-11-22T12:00:00.000Z',
    });

    const at = Date.parse('2026-11-22T11:00:00Z');
    expect(rejected).toEqual([]);
    expect(events).toEqual([
      {
        type: 'track',
        event: 'Order Completed',
        userId: 'u1',
        messageId: 'node-next-1',
        timestamp: at,
        originalTimestamp: at,
        properties: { total: 1 },
        context: { library: { name: '@segment/analytics-node' } },
      },
    ]);
  });

  it('knows no original time of a call that came without one, so that its copies are alike in that', () => {
    const { events } = batch(track(), track({ timestamp: null }), track({ timestamp: RECEIVED_AT }));

    expect(events.map(({ timestamp, originalTimestamp }) => [timestamp, originalTimestamp])).toEqual([
      [RECEIVED_AT, undefined],
      [RECEIVED_AT, undefined],
      [RECEIVED_AT, RECEIVED_AT],
    ]);
  });

  it.each([
    { type: 'page', said: { name: 'Home', category: 'Shop' }, knows: { name: 'Home', category: 'Shop' } },
    { type: 'screen', said: { name: 'Home', properties: { a: 1 } }, knows: { a: 1, name: 'Home' } },
    { type: 'page', said: { name: 'Home', properties: { name: 'Start' } }, knows: { name: 'Start' } },
    { type: 'page', said: { name: ' ', properties: { a: 1 } }, knows: { a: 1 } },
    { type: 'page', said: {}, knows: undefined },
    { type: 'group', said: { name: 'Club', category: 'Shop' }, knows: undefined },
  ])('puts what a page or screen is called among its properties: $type $said', ({ type, said, knows }) => {
    const { events } = batch({ ...track(said), type });

    expect(events[0]?.properties).toEqual(knows);
  });

  it('takes the call that the route names', () => {
    const { events } = decode({ userId: 'u1', traits: { plan: 'pro' } }, { type: 'identify' });

    expect(events).toMatchObject([{ type: 'identify', traits: { plan: 'pro' } }]);
  });

  it.each([
    { name: 'not an object', event: 7, reason: 'not_an_object' },
    { name: 'null', event: null, reason: 'not_an_object' },
    { name: 'an unknown call', event: track({ type: 'scream' }), reason: 'unknown_type' },
    { name: 'no call', event: { userId: 'u1' }, reason: 'unknown_type' },
    { name: 'nobody', event: track({ userId: null }), reason: 'no_user_anon_id' },
    { name: 'an id that is nobody’s', event: track({ userId: 'undefined' }), reason: 'no_user_anon_id' },
    {
      name: 'an id of zeros',
      event: track({ userId: '00000000-0000-0000-0000-000000000000' }),
      reason: 'no_user_anon_id',
    },
    { name: 'an id that is an object', event: track({ userId: { id: 1 } }), reason: 'no_user_anon_id' },
    {
      name: 'a number whose last digits were lost',
      event: track({ userId: 2 ** 60 }),
      reason: 'no_user_anon_id',
    },
    { name: 'a track call without a name', event: track({ event: ' ' }), reason: 'no_event_name' },
    {
      name: 'a name that would reach a prototype',
      event: track({ event: '__proto__' }),
      reason: 'no_event_name',
    },
    { name: 'a time that is none', event: track({ timestamp: 'yesterday' }), reason: 'bad_timestamp' },
    { name: 'properties that are a list', event: track({ properties: [1] }), reason: 'bad_properties' },
    { name: 'too deep', event: track({ properties: nested(40) }), reason: 'event_too_complex' },
    {
      name: 'too many keys',
      event: track({ properties: { list: Array(5_000).fill(1) } }),
      reason: 'event_too_complex',
    },
    {
      name: 'too large',
      event: track({ properties: { text: 'x'.repeat(40_000) } }),
      reason: 'event_too_large',
    },
  ])('rejects $name and goes on with the rest of the batch', ({ event, reason }) => {
    const { events, rejected } = batch(track({ messageId: 'before' }), event, track({ messageId: 'after' }));

    expect(rejected).toEqual([{ index: 1, reason, event }]);
    expect(events.map(({ messageId }) => messageId)).toEqual(['before', 'after']);
  });

  it.each([undefined, null, 'text', 7, [], {}, { batch: [] }, { batch: 'x' }])(
    'refuses the body %j whole',
    (body) => {
      expect(() => decode(body)).toThrow(expect.objectContaining({ status: 400 }));
    },
  );

  it('sets aside the events after those that a batch may carry, whatever they are', () => {
    const [good, bad] = [Array(LIMITS.batchEvents).fill(track()), [track(), 'no event']];

    const { events, rejected } = batch(...good, ...bad);

    expect(events).toHaveLength(LIMITS.batchEvents);
    expect(rejected).toEqual(
      bad.map((event, n) => ({ index: LIMITS.batchEvents + n, reason: 'batch_too_many_events', event })),
    );
  });

  it('refuses more events than could be set aside', () => {
    const decodeMany = (count: number) => decode({ batch: Array(count).fill(0) });

    expect(decodeMany(LIMITS.bodyEvents).rejected).toHaveLength(LIMITS.bodyEvents);
    expect(() => decodeMany(LIMITS.bodyEvents + 1)).toThrow(
      expect.objectContaining({ status: 413, code: 'BATCH_TOO_LARGE' }),
    );
  });

  it.each([
    [
      'many keys',
      (n: number) => Object.fromEntries(Array.from({ length: n }, (_, k) => [`k${k}`, 1])),
      1_000,
    ],
    ['long keys', (n: number) => ({ list: [{ ['k'.repeat(n)]: 1 }] }), 400],
    ['levels', (n: number) => nested(n), 12],
    ['entries', (n: number) => ({ list: Array(n - 1).fill(1) }), 2_000],
  ])('takes so %s in properties and no more', (_, propertiesOf, most) => {
    expect(batch(track({ properties: propertiesOf(most) })).rejected).toEqual([]);
    expect(batch(track({ properties: propertiesOf(most + 1) })).rejected).toMatchObject([
      { reason: 'event_too_complex' },
    ]);
  });

  it('reads numbers as ids, and blank ones as absent', () => {
    const { events } = batch(track({ userId: 42, anonymousId: '  ' }));

    expect(events[0]).toMatchObject({ userId: '42' });
    expect(events[0]?.anonymousId).toBeUndefined();
  });

  it('mends text that was cut inside a character, which no store takes', () => {
    const half = '\ud83d';

    const { events } = batch(
      track({ userId: `u${half}`, event: `Viewed${half}`, properties: { a: half, [half]: 1 } }),
    );

    expect(events[0]).toMatchObject({
      userId: 'u\ufffd',
      event: 'Viewed\ufffd',
      properties: { a: '\ufffd' },
    });
    expect(JSON.stringify(events[0])).not.toContain('\\ud83d');
  });

  it('drops prototype keys at any depth, and what they hold', () => {
    const properties: unknown = JSON.parse('{"a":[{"__proto__":{"x":1},"b":2}],"constructor":3}');

    const { events } = batch(track({ properties }));

    expect(JSON.stringify(events[0]?.properties)).toBe('{"a":[{"b":2}]}');
  });

  it('rejects what a batch says for all when it is more than an event may say', () => {
    const large = { text: 'x'.repeat(LIMITS.eventLength + 1) };
    const { events, rejected } = decode({
      batch: [track(), track({ context: { text: 'short' } })],
      context: large,
    });

    expect(events).toEqual([]);
    expect(rejected.map(({ reason }) => reason)).toEqual([
      'batch_context_too_large',
      'batch_context_too_large',
    ]);
  });

  it('does not write a context out into more than a request may carry', () => {
    const context = { text: 'x'.repeat(30_000) };

    const few = decode({ batch: Array(100).fill(track()), context });
    const many = decode({ batch: Array(200).fill(track()), context });

    expect(few.rejected).toEqual([]);
    expect(many.rejected).toHaveLength(200);
  });

  it('takes no prototype from the context of the batch', () => {
    const { events } = decode({ batch: [track()], context: JSON.parse('{"__proto__": {"a": 1}, "b": 2}') });

    expect(JSON.stringify(events[0]?.context)).toBe('{"b":2}');
  });

  it.each(['properties', 'context', 'integrations', 'userId'])(
    'keeps what it can of an event without end in its %s',
    (field) => {
      const endless = JSON.parse(`${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`);
      const { events, rejected } = batch(track({ [field]: endless, messageId: undefined }), track());

      expect(events).toEqual([expect.objectContaining({ messageId: 'm1' })]);
      expect(rejected).toEqual([
        {
          index: 0,
          reason: expect.stringMatching(/^(event_too_complex|no_user_anon_id)$/),
          event: expect.anything(),
        },
      ]);
      expect(JSON.stringify(rejected)).toContain('"…"');
    },
  );

  it('merges the context of the batch into its events, which win', () => {
    const { events } = decode({ batch: [track({ context: { a: 1 } })], context: { a: 0, b: 2 } });

    expect(events[0]?.context).toEqual({ a: 1, b: 2 });
  });

  it.each([
    ['x'.repeat(64), true],
    ['ajs-next-1795313341295-1b4e28ba-2fa1-11d2-883f-0016d3cca427', true],
    ['a ~!#[]', true],
    ['x'.repeat(65), false],
    ['é', false],
    ['a"b', false],
    ['a\\b', false],
    ['a\nb', false],
    ['\ud800', false],
  ])('keeps the message id %j, or names the call by a digest of it: %s', (messageId, isKept) => {
    const [event] = batch(track({ messageId })).events;

    expect(event?.messageId === messageId).toBe(isKept);
    if (!isKept) expect(event?.messageId).toMatch(/^digest/);
  });

  it('names a call without a message id by its content, whenever it is sent', () => {
    const { messageId: _, ...unnamed } = track();

    const [first] = batch({ ...unnamed, sentAt: '2026-11-22T11:59:00Z' }).events;
    const [again] = batch({ ...unnamed, sentAt: '2026-11-22T11:59:30Z' }).events;

    expect(first?.messageId).toMatch(/^digest/);
    expect(again?.messageId).toBe(first?.messageId);
  });

  it.each([
    {
      name: 'a clock an hour slow',
      sentAt: '2026-11-22T11:00:00Z',
      sent: '2026-11-22T10:59:00Z',
      at: '2026-11-22T11:59:00Z',
    },
    {
      name: 'a clock a day fast',
      sentAt: '2026-11-23T12:00:00Z',
      sent: '2026-11-23T11:00:00Z',
      at: '2026-11-22T11:00:00Z',
    },
    {
      name: 'the delay of a network',
      sentAt: '2026-11-22T11:59:58Z',
      sent: '1997-01-01',
      at: '1997-01-01T00:00:00Z',
    },
    {
      name: 'a sentAt before the event',
      sentAt: '2026-11-22T10:00:00Z',
      sent: '2026-11-22T11:00:00Z',
      at: '2026-11-22T11:00:00Z',
    },
    {
      name: 'an event of tomorrow',
      sentAt: undefined,
      sent: '2026-11-23T00:00:00Z',
      at: '2026-11-22T12:00:00Z',
    },
  ])('tells the time by the server’s clock: $name', ({ sentAt, sent, at }) => {
    const { events } = decode({ batch: [track({ timestamp: sent })], sentAt });

    expect(events[0]).toMatchObject({ timestamp: Date.parse(at), originalTimestamp: Date.parse(sent) });
  });
});
