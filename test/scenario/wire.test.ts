import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import * as z from 'zod';
import { LOCAL_WRITE_KEY } from '#local/local-source.ts';
import { LIMITS } from '#shared/events/limits.ts';
import { basic } from '#test/support/collect.ts';
import { untilConsumed } from '#test/support/consumed.ts';
import { quarantined } from '#test/support/quarantine.ts';
import { type StackProcess, startFreshStack } from '#test/support/stack-process.ts';
import { storedPeople } from '#test/support/stored-people.ts';

const ORIGIN = 'https://shop.example';

let stack: StackProcess;
beforeAll(async () => {
  stack = await startFreshStack(inject('assembly'));
});
afterAll(() => stack?.stop());

interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

const send = (path: string, { method = 'POST', headers = {}, body }: Sent = {}): Promise<Response> =>
  fetch(`${stack.urls.collect}${path}`, {
    method,
    headers: { origin: ORIGIN, authorization: basic(LOCAL_WRITE_KEY), ...headers },
    ...(body !== undefined && { body }),
  });

const call = (userId: string, more: object = {}) => ({ type: 'track', event: 'Viewed', userId, ...more });
const json = (...batch: readonly unknown[]) => JSON.stringify({ batch });

/** The users of whom anything arrived. */
async function users(): Promise<readonly string[]> {
  await untilConsumed(stack);
  const people = await storedPeople(stack);
  return people.flatMap(({ profile }) =>
    Object.keys(profile.identifiers).flatMap((key) => (key.startsWith('userId#') ? [key.slice(7)] : [])),
  );
}

describe('the wire contract, over HTTP and the stack’s own template', () => {
  it('1, 2, 5.1: every form of request arrives on its person', async () => {
    const query = `?writeKey=${LOCAL_WRITE_KEY}`;
    const none = { authorization: 'Bearer none' };
    const requests: readonly (readonly [string, Sent])[] = [
      ['/v1/batch', { body: json(call('json')) }],
      ['/v1/batch/', { body: json(call('slash')) }],
      ['/shop/v1/batch', { body: json(call('prefix')) }],
      ['/v1/t', { headers: { 'content-type': 'text/plain' }, body: JSON.stringify(call('short')) }],
      [`/beacon/v1/batch${query}`, { headers: none, body: json(call('beacon')) }],
      [`/pixel/v1/track${query}&userId=pixel&event=Opened`, { method: 'GET', headers: none }],
      [
        '/api/s/track',
        {
          headers: { ...none, 'x-write-key': `${LOCAL_WRITE_KEY}:secret` },
          body: JSON.stringify({ ...call('jitsu'), writeKey: `${LOCAL_WRITE_KEY}:***` }),
        },
      ],
      [
        '/v1/batch',
        {
          headers: { 'content-type': 'application/x-www-form-urlencoded', 'content-encoding': 'gzip' },
          body: Uint8Array.from(gzipSync(json(call('gzip-form-é')))),
        },
      ],
      [
        '/v1/b',
        {
          headers: { ...none, 'content-type': 'application/octet-stream' },
          body: JSON.stringify({ writeKey: LOCAL_WRITE_KEY, batch: [call('mobile')] }),
        },
      ],
    ];

    const answers = await Promise.all(requests.map(([path, sent]) => send(path, sent)));

    expect(answers.map(({ status }) => status)).toEqual(requests.map(() => 200));
    expect([...(await users())].toSorted()).toEqual(
      ['json', 'slash', 'prefix', 'short', 'beacon', 'pixel', 'jitsu', 'gzip-form-é', 'mobile'].toSorted(),
    );
  });

  it('4: what is too much of a batch is kept one by one, and nothing of a strict request is', async () => {
    const many = Array.from({ length: LIMITS.batchEvents + 2 }, (_, n) =>
      call('many', { messageId: `m${n}` }),
    );

    const answer = await send('/v1/batch', { body: json(...many) });
    const strict = await send('/v1/batch', {
      headers: { 'x-strict-mode': '1' },
      body: json(call('strict'), call('')),
    });

    expect(await answer.json()).toMatchObject({ accepted: LIMITS.batchEvents, rejected: 2 });
    expect(strict.status).toBe(400);
    expect(await strict.json()).toMatchObject({
      details: [{ path: 'body.batch[1]', message: 'no_user_anon_id' }],
    });
    expect((await quarantined(stack)).map(({ reason }) => reason)).toEqual([
      'batch_too_many_events',
      'batch_too_many_events',
    ]);
    expect(await users()).not.toContain('strict');
  });

  it('6: a settings document leads to where events arrive', async () => {
    const Settings = z.object({
      integrations: z.object({ 'Segment.io': z.object({ apiHost: z.string(), protocol: z.string() }) }),
    });
    const path = `/cdn/v1/projects/${LOCAL_WRITE_KEY}/settings`;

    const { integrations } = Settings.parse(await (await send(path, { method: 'GET' })).json());
    const { apiHost, protocol } = integrations['Segment.io'];
    const sent = await fetch(`${protocol}://${apiHost}/i`, {
      method: 'POST',
      body: JSON.stringify({ writeKey: LOCAL_WRITE_KEY, userId: 'by-settings' }),
    });

    expect(sent.status).toBe(200);
    expect(await users()).toContain('by-settings');
  });
});
