import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '#shared/events/limits.ts';
import { ThrottledError, UnavailableError } from '#shared/kernel/errors.ts';
import { TrackingPlan } from '#shared/plans/tracking-plan.ts';
import { collecting, track, webSource, withKey } from '#test/support/collecting.ts';

const failing = (fault: Error) => ({
  stream: {
    put: async () => {
      throw fault;
    },
  },
});
const many = (count: number) => ({
  batch: Array.from({ length: count }, (_, n) => track({ messageId: `m${n}` })),
});

describe('wire contract 4: answers', () => {
  it('200 with success for Segment and RudderStack, and ok for Jitsu, as JSON', async () => {
    const { ask } = collecting();

    const answer = await ask({ headers: withKey, body: { batch: [track(), {}] } });

    expect(answer).toEqual({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: { success: true, ok: true, accepted: 1, rejected: 1, dropped: 0, requestId: 'request-1' },
    });
  });

  it('200 also when every event is invalid: all are kept with their reasons', async () => {
    const { ask, stream, quarantined } = collecting();

    const answer = await ask({ headers: withKey, body: { batch: [{}, 1, null, track({ userId: null })] } });

    expect(answer).toMatchObject({ status: 200, body: { accepted: 0, rejected: 4 } });
    expect(stream).toEqual([]);
    expect(quarantined.flatMap(({ entries }) => entries.map(({ reason }) => reason))).toEqual([
      'unknown_type',
      'not_an_object',
      'not_an_object',
      'no_user_anon_id',
    ]);
  });

  it.each([
    ['nothing', ''],
    ['text', 'nonsense'],
    ['half of it', '{"batch": ['],
    ['a list', '[]'],
    ['a text in JSON', '"batch"'],
    ['no batch', '{}'],
    ['an empty batch', '{"batch": []}'],
    ['a batch that is none', '{"batch": {"0": {}}}'],
  ])('400 for a body that is no request: %s', async (_, body) => {
    const answer = await collecting().ask({ headers: withKey, body });

    expect(answer).toMatchObject({
      status: 400,
      body: { code: expect.stringMatching(/^BAD_(JSON|REQUEST)$/), details: [] },
    });
  });

  it('413 for a body over 4,000,000 bytes, and none below', async () => {
    const padded = (length: number) => {
      const text = JSON.stringify({ batch: [track()] });
      return text + ' '.repeat(length - text.length);
    };
    const { ask } = collecting();

    expect(await ask({ headers: withKey, body: padded(LIMITS.bodyBytes) })).toMatchObject({ status: 200 });
    expect(await ask({ headers: withKey, body: padded(LIMITS.bodyBytes + 1) })).toMatchObject({
      status: 413,
      body: { code: 'BODY_TOO_LARGE' },
    });
  });

  it('200 for an event over 32 KB, which is kept aside alone', async () => {
    const { ask, quarantined } = collecting();
    const large = track({ messageId: 'large', properties: { text: 'x'.repeat(40_000) } });

    const answer = await ask({ headers: withKey, body: { batch: [track(), large, track()] } });

    expect(answer).toMatchObject({ status: 200, body: { accepted: 2, rejected: 1 } });
    expect(quarantined[0]?.entries).toMatchObject([{ reason: 'event_too_large', event: large }]);
  });

  it('200 for more than 2,500 events: those after them are kept aside, each by itself', async () => {
    const { ask, events, quarantined } = collecting();

    const answer = await ask({ headers: withKey, body: many(LIMITS.batchEvents + 3) });

    expect(answer).toMatchObject({ status: 200, body: { accepted: 2_500, rejected: 3 } });
    expect(events()).toHaveLength(2_500);
    expect(quarantined[0]?.entries).toMatchObject(
      [2_500, 2_501, 2_502].map((n) => ({ reason: 'batch_too_many_events', event: { messageId: `m${n}` } })),
    );
  });

  it('413 for more events than could be kept aside', async () => {
    const answer = await collecting().ask({
      headers: withKey,
      body: { batch: Array.from({ length: LIMITS.bodyEvents + 1 }, () => 0) },
    });

    expect(answer).toMatchObject({ status: 413, body: { code: 'BATCH_TOO_LARGE' } });
  });

  it('401 for an unknown key, and for the key of a source that is disabled', async () => {
    const disabled = collecting({ source: { ...webSource, enabled: false } });
    const body = { batch: [track()] };

    expect(await disabled.ask({ headers: withKey, body })).toMatchObject({
      status: 401,
      body: { code: 'UNKNOWN_WRITE_KEY' },
    });
    expect(await collecting().ask({ body })).toMatchObject({ status: 401 });
    expect(disabled.stream).toEqual([]);
  });

  it('429 with Retry-After when the stream throttles', async () => {
    const { ask } = collecting(failing(new ThrottledError('throttled')));

    expect(await ask({ headers: withKey, body: { batch: [track()] } })).toMatchObject({
      status: 429,
      headers: { 'retry-after': expect.stringMatching(/^[1-9]\d*$/) },
      body: { code: 'THROTTLED' },
    });
  });

  it('503 with Retry-After when the stream, the quarantine or the catalog does not answer', async () => {
    const down = async () => {
      throw new UnavailableError('down');
    };
    const ports = [failing(new UnavailableError('down')), { quarantine: { keep: down } }, { sourceOf: down }];

    for (const port of ports) {
      const answer = await collecting(port).ask({ headers: withKey, body: { batch: [track(), {}] } });
      expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': expect.any(String) } });
    }
  });

  describe('with X-Strict-Mode: 1', () => {
    const strict = { ...withKey, 'x-strict-mode': '1' };

    it('400 with the place of each fault, and nothing is taken in', async () => {
      const source = { ...webSource, events: { deny: ['Unwanted'] } };
      const { ask, stream, quarantined } = collecting({ source });
      const batch = [track(), {}, track({ event: 'Unwanted' }), track({ timestamp: 'soon' }), 'no event'];

      const answer = await ask({ headers: strict, body: { batch } });

      expect(answer).toMatchObject({ status: 400, body: { code: 'EVENTS_REFUSED' } });
      expect(answer.body.details).toEqual([
        { path: 'body.batch[1]', message: 'unknown_type' },
        { path: 'body.batch[3]', message: 'bad_timestamp' },
        { path: 'body.batch[4]', message: 'not_an_object' },
      ]);
      expect([stream, quarantined]).toEqual([[], []]);
    });

    it('400 with what the tracking plan finds wrong, also of an event that lost a trait', async () => {
      const source = { ...webSource, traits: { deny: ['ssn'] } };
      const plan = TrackingPlan.parse({ id: 'p', name: 'P', unplannedEvents: 'quarantine' });
      const batch = [{}, track({ context: { traits: { ssn: 1 } } })];

      const answer = await collecting({ source, plan }).ask({ headers: strict, body: { batch } });

      expect(answer.body.details).toEqual([
        { path: 'body.batch[0]', message: 'unknown_type' },
        { path: 'body.batch[1]', message: 'plan_violation, unplanned_event' },
      ]);
    });

    it('400 of one call', async () => {
      const answer = await collecting().ask({ path: '/v1/track', headers: strict, body: { userId: 'u' } });

      expect(answer.body.details).toEqual([{ path: 'body', message: 'no_event_name' }]);
    });

    it('200 where all is good', async () => {
      const { ask, events } = collecting();

      expect(await ask({ headers: strict, body: { batch: [track()] } })).toMatchObject({ status: 200 });
      expect(events()).toHaveLength(1);
    });
  });

  it('413 for gzip that unfolds to more than twice a body, 400 for gzip that is cut off', async () => {
    const { ask } = collecting();
    const bomb = gzipSync(Buffer.alloc(LIMITS.inflatedBytes + 1, ' '));
    const whole = gzipSync(JSON.stringify({ batch: [track()] }));

    expect(await ask({ headers: withKey, body: bomb })).toMatchObject({
      status: 413,
      body: { code: 'BODY_TOO_LARGE' },
    });
    expect(await ask({ headers: withKey, body: whole.subarray(0, -9) })).toMatchObject({
      status: 400,
      body: { code: 'BAD_JSON' },
    });
  });
});
