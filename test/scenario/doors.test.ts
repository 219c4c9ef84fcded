import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { LIMITS } from '#shared/events/limits.ts';
import { post } from '#test/support/collect.ts';
import { untilConsumed } from '#test/support/consumed.ts';
import { type Answer, documentedAdmin, tokenOf } from '#test/support/documented-admin.ts';
import { quarantined } from '#test/support/quarantine.ts';
import { type StackProcess, startFreshStack } from '#test/support/stack-process.ts';
import { eventsOf, storedPeople } from '#test/support/stored-people.ts';

let stack: StackProcess;
let call: ReturnType<typeof documentedAdmin>;
beforeAll(async () => {
  stack = await startFreshStack(inject('assembly'));
  call = documentedAdmin(stack);
});
afterAll(() => stack?.stop());

const segment = { name: 'Buyers', condition: { event: { name: 'Order Completed' } } };

describe('the Admin API', () => {
  it('lets in nobody without a token, nor with one that it did not sign', async () => {
    const [header, claims] = stack.adminToken.split('.');

    for (const token of ['', 'nonsense', `${header}.${claims}.AAAA`]) {
      expect(await call({ method: 'GET', path: '/v1/segments', token })).toMatchObject({ status: 401 });
    }
  });

  it('lets a viewer look and change nothing', async () => {
    const token = await tokenOf(stack, { groups: ['viewer'] });

    const looked = await call({ method: 'GET', path: '/v1/segments', token });
    const put = await call({ method: 'PUT', path: '/v1/segments/buyers', body: segment, token });
    const run = await call({ method: 'POST', path: '/v1/exports/buyers/runs', token });
    const removed = await call({ method: 'DELETE', path: '/v1/segments/buyers', token });

    expect(looked.status).toBe(200);
    const refused = {
      status: 403,
      body: { code: 'ROLE_NEEDED', message: 'this needs the role marketer', details: [] },
    };
    expect([put, run, removed]).toEqual([refused, refused, refused]);
    expect(await call({ method: 'GET', path: '/v1/segments/buyers' })).toMatchObject({ status: 404 });
  });

  it('lets a marketer define what is of their market, and manage no sources', async () => {
    const token = await tokenOf(stack, { groups: ['marketer'], 'custom:market': 'fr' });
    const source = { name: 'Web', writeKeys: ['another-write-key'] };

    const put = await call({ method: 'PUT', path: '/v1/segments/french', body: segment, token });
    const foreign = await call({
      method: 'PUT',
      path: '/v1/segments/german',
      body: { ...segment, market: 'de' },
      token,
    });

    expect(put).toMatchObject({
      status: 200,
      body: { definition: { id: 'french', market: 'fr' }, version: 1 },
    });
    expect(foreign).toMatchObject({ status: 403, body: { code: 'OUT_OF_SCOPE' } });
    expect(await call({ method: 'PUT', path: '/v1/sources/web', body: source, token })).toMatchObject({
      status: 403,
      body: { code: 'ROLE_NEEDED', message: 'this needs the role admin' },
    });
  });

  it('lets in nobody whom no group gives a role', async () => {
    const token = await tokenOf(stack, { groups: ['sales'] });

    expect(await call({ method: 'GET', path: '/v1/segments', token })).toMatchObject({
      status: 403,
      body: { code: 'NO_ROLE' },
    });
  });

  it('says what it refuses by its place in the request', async () => {
    const unknown = {
      path: 'body.condition',
      message: expect.stringContaining('unknown: evnt; allowed here:'),
    };
    const wrong = (path: string, body: unknown): Promise<Answer> => call({ method: 'PUT', path, body });

    const unknownKind = await wrong('/v1/segments/typo', {
      name: 'Typo',
      condition: { evnt: { name: 'A' } },
    });
    const unknownSegment = await wrong('/v1/exports/lost', {
      name: 'Lost',
      segment: 'nowhere',
      columns: ['pid'],
    });

    expect(unknownKind).toMatchObject({
      status: 400,
      body: {
        code: 'INVALID_REQUEST',
        details: expect.arrayContaining([unknown]),
      },
    });
    expect(unknownSegment).toMatchObject({
      status: 400,
      body: { details: [{ path: 'body.segment', message: 'no segment has this id' }] },
    });
    expect(await call({ method: 'GET', path: '/v1/profiles/nobody' })).toMatchObject({
      status: 400,
      body: { code: 'INVALID_IDENTIFIER' },
    });
    expect(await call({ method: 'GET', path: '/v1/profiles/userId%3Anobody' })).toMatchObject({
      status: 404,
      body: { code: 'UNKNOWN_PROFILE' },
    });
  });

  it('answers every call of a definition as its document says', async () => {
    const at = '/v1/segments/rich';
    const condition = { sum: { name: 'total_spent', currency: 'EUR', atLeast: 100 } };

    expect(await call({ method: 'PUT', path: at, body: { name: 'Rich', condition } })).toMatchObject({
      status: 200,
    });
    const again = await call({ method: 'PUT', path: at, body: { name: 'Rich people', condition } });
    const members = await call({ method: 'GET', path: `${at}/members`, query: '?limit=10' });
    const size = await call({ method: 'GET', path: `${at}/size` });
    const document = await call({ method: 'GET', path: '/v1/openapi.json' });

    expect(again).toMatchObject({ body: { definition: { name: 'Rich people' }, version: 2 } });
    expect([members.body, size.body]).toEqual([{ members: [] }, { size: 0 }]);
    expect(document.body).toMatchObject({ openapi: expect.stringMatching(/^3\.1/) });
    expect(await call({ method: 'DELETE', path: at })).toEqual({ status: 204, body: undefined });
    expect(await call({ method: 'GET', path: at })).toMatchObject({ status: 404 });
  });
});

const good = (messageId: string) => ({ type: 'track', event: 'Viewed', anonymousId: 'visitor', messageId });
const manyEvents = { batch: Array.from({ length: LIMITS.bodyEvents + 1 }, () => 0) };

describe('the Collect API', () => {
  it.each([
    ['no write key', '/v1/track', good('1'), { authorization: '' }, 401, 'UNKNOWN_WRITE_KEY'],
    [
      'a write key of nobody',
      '/v1/track',
      good('1'),
      { authorization: 'Basic d3Jvbmc6' },
      401,
      'UNKNOWN_WRITE_KEY',
    ],
    ['no JSON', '/v1/batch', '{"batch": [', {}, 400, 'BAD_JSON'],
    ['gzip that is none', '/v1/batch', Buffer.from('1f8b08ffff', 'hex'), {}, 400, 'BAD_JSON'],
    ['no object', '/v1/batch', [good('1')], {}, 400, 'BAD_REQUEST'],
    ['an empty batch', '/v1/batch', { batch: [] }, {}, 400, 'BAD_REQUEST'],
    ['too many events', '/v1/batch', manyEvents, {}, 413, 'BATCH_TOO_LARGE'],
    ['too many bytes', '/v1/track', ' '.repeat(LIMITS.bodyBytes + 1), {}, 413, 'BODY_TOO_LARGE'],
  ])('refuses %s with a reason', async (_, path, body, headers, status, code) => {
    const refused = await post(stack, path, body, headers);

    expect(refused.status).toBe(status);
    expect(refused.headers.get('content-type')).toBe('application/json');
    expect(await refused.json()).toEqual({ code, message: expect.stringMatching(/\w/), details: [] });
  });

  it('keeps what is wrong in a batch with its reason, and takes in the rest', async () => {
    const batch = [
      good('good-1'),
      { type: 'track', event: 'Viewed', messageId: 'of-nobody' },
      { type: 'track', anonymousId: 'visitor', messageId: 'of-no-name' },
      { type: 'buy', anonymousId: 'visitor', messageId: 'of-no-kind' },
      'no event',
      { ...good('of-no-time'), timestamp: 'yesterday' },
      { ...good('of-no-shape'), properties: 'all of them' },
      good('good-2'),
    ];

    const answer = await post(stack, '/v1/batch', { batch });
    await untilConsumed(stack);

    expect(await answer.json()).toMatchObject({ success: true, accepted: 2, rejected: 6 });
    const kept = await quarantined(stack);
    expect(kept.map(({ reason, event }) => [reason, event])).toEqual([
      ['no_user_anon_id', batch[1]],
      ['no_event_name', batch[2]],
      ['unknown_type', batch[3]],
      ['not_an_object', batch[4]],
      ['bad_timestamp', batch[5]],
      ['bad_properties', batch[6]],
    ]);
    expect(kept.every(({ source }) => source === 'local')).toBe(true);
    expect((await storedPeople(stack)).map(eventsOf)).toEqual([2]);
  });
});
