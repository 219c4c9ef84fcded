import { describe, expect, it } from 'vitest';
import { applyRecords } from '#functions/profiles/apply-records.ts';
import { batchTally } from '#functions/profiles/tally.ts';
import { type CollectedEvent, Pid } from '#shared/events/event.ts';
import { ADMIN, adminApi } from '#test/support/admin.ts';
import { collected, web } from '#test/support/events.ts';

const at = (market: string) => ({ ...ADMIN, 'custom:market': market });
const VIEWER = { sub: 'u-viewer', token_use: 'id', 'cognito:groups': '[viewer]' };

/** The Admin API over people to whom events happen. */
function stage() {
  const api = adminApi();
  let now = 1_795_000_000_000;
  let sent = 0;
  const send = (said: Partial<CollectedEvent>, market = 'fr', legalEntity = 'Main SA') => {
    now += 1_000;
    sent += 1;
    const events = [collected({ messageId: `m${sent}`, timestamp: now, ...said })];
    const record = {
      v: 1 as const,
      source: { ...web, market, legalEntity },
      receivedAt: now,
      events,
    };
    return applyRecords(
      { stream: 's', partitionKey: `k${sent}`, records: [{ sequenceNumber: String(sent), record }] },
      {
        ...api.memory,
        definitions: api.ports.definitions,
        quarantine: { keep: async () => true },
        giveUpAfterMs: 1,
        tally: batchTally(),
        becomesHot: () => false,
        timeline: 'known',
        newPid: () => Pid.parse(`p${sent}`),
        now: () => now,
        pause: async () => {},
      },
    );
  };
  return { ...api, send };
}

/** `p1` is user ada, who absorbed `p2`, the visitor a2, by the third message. */
async function merged(market?: string) {
  const api = stage();
  await api.send({ userId: 'ada' });
  await api.send({ anonymousId: 'a2', event: 'Added' }, market);
  await api.send({ userId: 'ada', anonymousId: 'a2' });
  return api;
}

describe('GET /v1/profiles/{identifier}/identity', () => {
  it('tells whom another company knows by the same identifiers, and what keeps the two apart', async () => {
    const api = stage();
    await api.send({ userId: 'ada' });
    await api.send({ userId: 'ada' }, 'fr', 'Other SA');
    await api.call('PUT', '/v1/sources/other', {
      body: { name: 'Other', writeKeys: ['other-write-key'], legalEntity: 'Other SA' },
    });
    const explain = () =>
      api.call('GET', '/v1/profiles/userId:ada/identity', { query: { legalEntity: 'Main SA' } });
    const other = { pid: 'p2', legalEntities: ['Other SA'], identifiers: [{ type: 'userId', value: 'ada' }] };

    expect(await explain()).toMatchObject({ body: { apart: [{ ...other, because: 'legal_entity' }] } });
    await api.call('PUT', '/v1/identity/settings', { body: { authorised: [['Main SA', 'Other SA']] } });
    expect(await explain()).toMatchObject({ body: { apart: [{ ...other, because: 'not_seen_together' }] } });
  });

  it('tells of one who was always one what links them', async () => {
    const api = stage();
    await api.send({ userId: 'ada', anonymousId: 'a1' });

    expect(await api.call('GET', '/v1/profiles/userId:ada/identity')).toEqual({
      status: 200,
      body: {
        pid: 'p1',
        createdAt: '2026-11-18T11:06:41.000Z',
        summary: 'one person from the start',
        identifiers: [
          { type: 'userId', value: 'ada', at: '2026-11-18T11:06:41.000Z', source: 'web', messageId: 'm1' },
          {
            type: 'anonymousId',
            value: 'a1',
            at: '2026-11-18T11:06:41.000Z',
            source: 'web',
            messageId: 'm1',
          },
        ],
        merges: [],
        parted: [],
        apart: [],
        refusals: [],
      },
    });
  });

  it('says by which event two are one, as data and as a sentence', async () => {
    const api = await merged();

    const { body } = await api.call('GET', '/v1/profiles/anonymousId:a2/identity');

    expect(body).toMatchObject({
      pid: 'p1',
      summary: 'one person out of 2, by 1 merge',
      merges: [
        {
          at: '2026-11-18T11:06:43.000Z',
          survivor: 'p1',
          absorbed: 'p2',
          because:
            "message m3 of source web named userId ada, which was p1's, and anonymousId a2, which was p2's",
          cause: {
            at: '2026-11-18T11:06:43.000Z',
            source: 'web',
            messageId: 'm3',
            ofSurvivor: [{ type: 'userId', value: 'ada' }],
            ofAbsorbed: [{ type: 'anonymousId', value: 'a2' }],
          },
        },
      ],
    });
  });

  it('lists the merges of the absorbed before they were, page by page, the latest first', async () => {
    const api = stage();
    const mail = (anonymousId: string, email: string) =>
      api.send({ anonymousId, type: 'identify', traits: { email: `${email}@example.com` } });
    for (const id of ['a', 'b', 'c', 'd']) await api.send({ anonymousId: id });
    for (const [one, other] of [
      ['c', 'd'],
      ['b', 'c'],
      ['a', 'b'],
    ] as const) {
      await mail(one, `${one}${other}`);
      await mail(other, `${one}${other}`);
    }

    const whole = await api.call('GET', '/v1/profiles/anonymousId:d/identity');
    const pages: unknown[] = [];
    let cursor: string | undefined;
    do {
      const { body } = await api.call('GET', '/v1/profiles/anonymousId:d/identity', {
        query: { limit: '2', ...(cursor !== undefined && { cursor }) },
      });
      pages.push(Object(body).merges);
      cursor = Object(body).next;
    } while (cursor !== undefined);

    expect(whole.body).toMatchObject({
      summary: 'one person out of 4, by 3 merges',
      merges: [
        { survivor: 'p1', absorbed: 'p2' },
        { survivor: 'p2', absorbed: 'p3' },
        { survivor: 'p3', absorbed: 'p4' },
      ],
    });
    expect(whole.body).not.toHaveProperty('next');
    expect(pages).toHaveLength(2);
    expect(pages.flat()).toEqual(Object(whole.body).merges);
  });

  it('tells what was undone, by whom and what could not be told apart, on both sides', async () => {
    const api = await merged();
    await api.call('POST', '/v1/profiles/pid:p1/unmerge', { body: { pid: 'p2' } });
    await api.send({ userId: 'ada', anonymousId: 'a2' });

    const parted = [
      {
        at: '2026-11-18T11:06:40.000Z',
        by: 'u-admin',
        survivor: 'p1',
        absorbed: 'p2',
        mergedAt: '2026-11-18T11:06:43.000Z',
        inseparable: { events: 1, traits: [], identifiers: [], consents: [] },
        merge: { because: expect.stringContaining('message m3') },
      },
    ];
    expect(await api.call('GET', '/v1/profiles/userId:ada/identity')).toMatchObject({
      body: {
        pid: 'p1',
        summary: 'one person from the start; set apart from 1 with whom they were one before',
        merges: [],
        parted,
        refusals: [{ type: 'anonymousId', value: 'a2', reason: 'parted', messageId: 'm4' }],
      },
    });
    expect(await api.call('GET', '/v1/profiles/anonymousId:a2/identity')).toMatchObject({
      body: { pid: 'p2', parted, identifiers: [{ type: 'anonymousId', value: 'a2', messageId: 'm2' }] },
    });
  });

  it('is for those in whose scope the person is', async () => {
    const api = await merged();

    expect(await api.call('GET', '/v1/profiles/pid:p1/identity', { claims: at('de') })).toMatchObject({
      status: 404,
    });
    expect(await api.call('GET', '/v1/profiles/pid:p1/identity', { query: { cursor: 'x' } })).toMatchObject({
      status: 400,
    });
  });
});

describe('POST /v1/profiles/{identifier}/unmerge', () => {
  it('sets them apart, and answers the same when it is repeated', async () => {
    const api = await merged();
    const undo = () => api.call('POST', '/v1/profiles/userId:ada/unmerge', { body: { pid: 'p2' } });

    const first = await undo();

    expect(first).toMatchObject({ status: 200, body: { survivor: 'p1', absorbed: 'p2', by: 'u-admin' } });
    expect(await api.call('GET', '/v1/profiles/anonymousId:a2')).toMatchObject({
      body: { pid: 'p2', events: { Added: { count: 1 } } },
    });
    expect(await api.call('GET', '/v1/profiles/userId:ada')).toMatchObject({
      body: { pid: 'p1', events: { Viewed: { count: 2 } }, absorbed: [] },
    });
    expect(await undo()).toEqual(first);
  });

  it.each([
    { name: 'whom nobody absorbed', identifier: 'userId:ada', pid: 'p9', status: 404, code: 'UNKNOWN_MERGE' },
    { name: 'themselves', identifier: 'userId:ada', pid: 'p1', status: 404, code: 'UNKNOWN_MERGE' },
    { name: 'of nobody', identifier: 'userId:bob', pid: 'p2', status: 404, code: 'UNKNOWN_PROFILE' },
    { name: 'of no pid', identifier: 'userId:ada', pid: '', status: 400, code: 'INVALID_REQUEST' },
  ])('answers $status for somebody $name', async ({ identifier, pid, status, code }) => {
    const api = await merged();

    expect(await api.call('POST', `/v1/profiles/${identifier}/unmerge`, { body: { pid } })).toMatchObject({
      status,
      body: { code },
    });
  });

  it('says which merge to undo first', async () => {
    const api = stage();
    await api.send({ userId: 'ada' });
    await api.send({ anonymousId: 'b' });
    await api.send({ anonymousId: 'c' });
    for (const anonymousId of ['b', 'c']) {
      await api.send({ anonymousId, type: 'identify', traits: { email: 'x@example.com' } });
    }
    await api.send({ userId: 'ada', anonymousId: 'b' });

    expect(await api.call('POST', '/v1/profiles/userId:ada/unmerge', { body: { pid: 'p3' } })).toMatchObject({
      status: 409,
      body: { code: 'NESTED_MERGE', message: expect.stringContaining('first set p2 apart') },
    });
  });

  it('takes an admin in whose scope both people are', async () => {
    const api = await merged('de');
    const undo = (claims: Record<string, string>) =>
      api.call('POST', '/v1/profiles/pid:p1/unmerge', { body: { pid: 'p2' }, claims });

    expect(await undo(VIEWER)).toMatchObject({ status: 403, body: { code: 'ROLE_NEEDED' } });
    expect(await undo(at('de'))).toMatchObject({ status: 404, body: { code: 'UNKNOWN_PROFILE' } });
    expect(await undo(at('fr'))).toMatchObject({ status: 404, body: { code: 'UNKNOWN_MERGE' } });
    expect(await undo(ADMIN)).toMatchObject({ status: 200 });
    expect(await undo(at('fr'))).toMatchObject({ status: 404, body: { code: 'UNKNOWN_MERGE' } });
  });

  it('leaves a line of who did it', async () => {
    const api = await merged();
    api.audit.length = 0;

    await api.call('POST', '/v1/profiles/userId:ada/unmerge', { body: { pid: 'p2' } });

    expect(api.audit).toEqual([
      {
        audit: true,
        subject: 'u-admin',
        role: 'admin',
        operation: 'unmergeProfile',
        resource: 'profile',
        status: 200,
      },
    ]);
  });
});
