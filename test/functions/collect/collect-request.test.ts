import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { collectRequest } from '#functions/collect/collect-request.ts';
import { ThrottledError, UnavailableError } from '#shared/kernel/errors.ts';
import { TrackingPlan } from '#shared/plans/tracking-plan.ts';
import { basic, collecting, httpRequest, RECEIVED_AT, track, webSource } from '#test/support/collecting.ts';

const call = (messageId: string, who: Record<string, unknown>) =>
  track({ userId: undefined, messageId, ...who });

describe('collectRequest', () => {
  it('puts one record for each person of a request, their events in order', async () => {
    const { all, stream } = collecting();
    const batch = [
      call('1', { userId: 'u1' }),
      call('2', { anonymousId: 'a1' }),
      call('3', { userId: 'u1', anonymousId: 'a2' }),
    ];

    const answer = await collectRequest(httpRequest({ batch }), { ports: all });

    expect(answer).toMatchObject({ status: 200, body: { success: true, accepted: 3, rejected: 0 } });
    expect(
      stream.map(({ partitionKey, record }) => [partitionKey, record.events.map((event) => event.messageId)]),
    ).toEqual([
      ['userId#u1', ['1', '3']],
      ['anonymousId#a1', ['2']],
    ]);
    expect(stream[0]?.record).toMatchObject({
      v: 1,
      receivedAt: RECEIVED_AT,
      source: { id: 'web', country: 'FR' },
    });
  });

  it('counts what it rejects, once everything is durable, and nothing of what it takes in', async () => {
    const bad = [call('1', {}), { type: 'track', userId: 'u1' }, 'text'];
    const failing = collecting({
      stream: {
        put: async () => {
          throw new UnavailableError('the stream is down');
        },
      },
    });
    const { all, counted } = collecting();

    await collectRequest(httpRequest({ batch: [...bad, call('2', { userId: 'u1' })] }), { ports: all });
    await collectRequest(httpRequest({ batch: [call('3', { userId: 'u1' })] }), { ports: all });
    await collectRequest(httpRequest({}), { type: 'identify', ports: all });
    await expect(collectRequest(httpRequest({ batch: bad }), { ports: failing.all })).rejects.toThrow();

    expect(counted).toEqual(
      [
        ['Viewed', 'no_user_anon_id'],
        ['track', 'no_event_name'],
        ['…', 'not_an_object'],
        ['identify', 'no_user_anon_id'],
      ].map(([event, reason]) => ({
        source: 'web',
        at: RECEIVED_AT,
        event,
        outcome: 'quarantined',
        reason,
        count: 1,
      })),
    );
    expect(failing.counted).toEqual([]);
  });

  it('keeps what it rejects, with its reason, and takes in the rest', async () => {
    const { all, stream, quarantined } = collecting();

    const answer = await collectRequest(
      httpRequest({ batch: [{ type: 'track' }, call('1', { userId: 'u1' })] }),
      {
        ports: all,
      },
    );

    expect(answer.body).toMatchObject({ accepted: 1, rejected: 1 });
    expect(stream).toHaveLength(1);
    expect(quarantined).toEqual([
      {
        source: 'web',
        id: 'r1',
        entries: [
          { reason: 'no_user_anon_id', receivedAt: RECEIVED_AT, event: { type: 'track' }, request: {} },
        ],
      },
    ]);
  });

  it('keeps of what it rejects neither traits nor an address that its source never keeps', async () => {
    const traits = { plan: 'pro', nationalId: '184127' };
    const sent = (context: object) => ({
      context: { locale: 'fr', ...context },
      batch: [
        { type: 'identify', userId: 'u1', timestamp: 'soon', traits, context: { traits, ...context } },
        { type: 'identify', userId: 'u1', timestamp: 'soon', traits: [traits.plan], context: 'none' },
        traits.plan,
      ],
    });
    const source = { ...webSource, traits: { deny: ['nationalId'] } };
    const quiet = collecting({ source });
    const open = collecting({ source: { ...webSource, ip: true } });
    const said = { ip: '198.51.100.7', traits };

    await collectRequest(httpRequest(sent(said)), { ports: quiet.all });
    await collectRequest(httpRequest(sent(said)), { ports: open.all });

    expect(JSON.stringify(quiet.quarantined)).not.toMatch(/nationalId|198\.51/);
    expect(quiet.quarantined[0]?.entries).toMatchObject([
      {
        event: { timestamp: 'soon', traits: { plan: 'pro' }, context: { traits: { plan: 'pro' } } },
        request: { context: { locale: 'fr', traits: { plan: 'pro' } } },
      },
      { event: { traits: ['pro'], context: 'none' } },
      { event: 'pro' },
    ]);
    const asSent = sent(said);
    expect(open.quarantined[0]?.entries.map(({ event }) => event)).toEqual(asSent.batch);
    expect(open.quarantined[0]?.entries[0]?.request).toEqual({ context: asSent.context });
  });

  it('keeps what it rejects once, however often its batch is sent while the stream refuses', async () => {
    let refusals = 3;
    const { ask, quarantined } = collecting({
      stream: {
        put: async () => {
          if (refusals-- > 0) throw new ThrottledError('the stream refuses requests for now');
        },
      },
    });
    const again = () => ask({ headers: basic('local-write-key:'), body: { batch: [track(), {}] } });

    const answers = [await again(), await again(), await again(), await again()];

    expect(answers.map(({ status }) => status)).toEqual([429, 429, 429, 200]);
    expect(quarantined).toHaveLength(1);
  });

  it.each([
    { name: 'another key', headers: basic('other-write-key:') },
    { name: 'no key', headers: {} },
    { name: 'a key that is no base64', headers: { authorization: 'Basic %%%' } },
  ])('answers 401 to $name', async ({ headers }) => {
    const attempt = collectRequest(httpRequest({ batch: [call('1', { userId: 'u1' })] }, { headers }), {
      ports: collecting().all,
    });

    await expect(attempt).rejects.toMatchObject({ status: 401, code: 'UNKNOWN_WRITE_KEY' });
  });

  it.each(['', 'nonsense', '{"batch":', '\u0000\u0001', Buffer.from([0x1f, 0x8b, 0, 1, 2])])(
    'answers 400 to a body that is not JSON',
    async (body) => {
      await expect(collectRequest(httpRequest(body), { ports: collecting().all })).rejects.toMatchObject({
        status: 400,
        code: 'BAD_JSON',
      });
    },
  );

  it('reads gzip by its bytes, and no more of it than its bound', async () => {
    const small = gzipSync(JSON.stringify({ batch: [call('1', { userId: 'u1' })] }));
    const bomb = gzipSync(Buffer.alloc(50_000_000, ' '));

    expect((await collectRequest(httpRequest(small), { ports: collecting().all })).status).toBe(200);
    await expect(collectRequest(httpRequest(bomb), { ports: collecting().all })).rejects.toMatchObject({
      status: 413,
      code: 'BODY_TOO_LARGE',
    });
  });

  it('neither streams nor keeps what its source denies, and says how many', async () => {
    const source = { ...webSource, events: { deny: ['Viewed'] } };
    const { all, stream, quarantined } = collecting({ source });
    const batch = [track(), track({ messageId: '2', event: 'Bought' }), {}];

    const answer = await collectRequest(httpRequest({ batch }), { ports: all });

    expect(answer).toMatchObject({ status: 200, body: { accepted: 1, rejected: 1, dropped: 1 } });
    expect(stream.flatMap(({ record }) => record.events)).toMatchObject([{ messageId: '2' }]);
    expect(quarantined).toMatchObject([{ entries: [{ reason: 'unknown_type' }] }]);
  });

  it.each([
    ['https://shop.example.com', 200],
    ['https://shop.example.net', 403],
    ['null', 403],
    [undefined, 200],
  ])('takes from a page of %s, where the source lists others, as %d', async (origin, status) => {
    const source = { ...webSource, allowedOrigins: ['https://*.example.com'] };
    const headers = { ...basic('local-write-key:'), ...(origin !== undefined && { origin }) };
    const { all, stream } = collecting({ source });

    const answer = await collectRequest(httpRequest({ batch: [track()] }, { headers }), {
      ports: all,
    }).catch((fault: unknown) => fault);

    expect(answer).toMatchObject({ status, ...(status === 403 && { code: 'ORIGIN_NOT_ALLOWED' }) });
    expect(stream).toHaveLength(status === 200 ? 1 : 0);
  });

  it('fails when the stream does not take the events, so that the client sends them again', async () => {
    const { all } = collecting({
      stream: {
        put: async () => {
          throw new UnavailableError('refused');
        },
      },
    });

    const attempt = collectRequest(httpRequest({ batch: [call('1', { userId: 'u1' })] }), { ports: all });

    await expect(attempt).rejects.toMatchObject({ retryable: true });
  });

  it('lets in, flags and keeps events as the tracking plan of the source says', async () => {
    const plan = TrackingPlan.parse({
      id: 'p',
      name: 'P',
      events: { Viewed: { schema: { properties: { price: { type: 'number' } } } } },
      violations: 'quarantine',
    });
    const { all, stream, quarantined, counted } = collecting({ plan });
    const bad = {
      ...call('1', { userId: 'u1' }),
      properties: { price: '1' },
      timestamp: '2026-11-22T11:00:00Z',
    };
    const batch = [bad, { ...call('2', { userId: 'u1' }), event: 'Other' }, call('3', { userId: 'u1' })];

    const answer = await collectRequest(httpRequest({ batch }), { ports: all });

    expect(answer.body).toMatchObject({ accepted: 2, rejected: 1 });
    expect(stream.flatMap(({ record }) => record.events)).toMatchObject([
      { messageId: '2', violations: ['unplanned_event'] },
      { messageId: '3' },
    ]);
    expect(quarantined).toMatchObject([
      {
        entries: [
          {
            reason: 'plan_violation',
            details: ['type /properties/price'],
            event: { messageId: '1', timestamp: RECEIVED_AT - 3_600_000 },
            record: { v: 1, source: { id: 'web' }, receivedAt: RECEIVED_AT },
          },
        ],
      },
    ]);
    expect(counted).toMatchObject([{ event: 'Viewed', outcome: 'quarantined' }]);
  });
});
