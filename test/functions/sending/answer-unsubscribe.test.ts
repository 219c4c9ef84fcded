import { describe, expect, it } from 'vitest';
import type { KeyedStreamRecord } from '#functions/adapters/kinesis/events-stream.ts';
import { httpHandler } from '#functions/runtime/http.ts';
import { askUnsubscribe, doUnsubscribe } from '#functions/sending/answer-unsubscribe.ts';
import { signUnsubscribe } from '#functions/sending/unsubscribe-token.ts';
import { emailEffect } from '#shared/events/email-events.ts';
import { Pid } from '#shared/events/event.ts';
import { StreamRecord } from '#shared/events/stream-record.ts';
import { UnavailableError } from '#shared/kernel/errors.ts';
import { httpEvent, lambdaContext } from '#test/support/http-event.ts';

const NOW = 1_795_000_000_000;
const secret = async () => new TextEncoder().encode('k'.repeat(64));

async function link(purpose = 'marketing'): Promise<string> {
  const claims = { pid: Pid.parse('p1'), contact: 'c1', run: 'r1', campaign: 'spring', purpose };
  return signUnsubscribe({ ...claims, channel: 'email' }, { secret, now: NOW });
}

function set(fault?: Error) {
  const put: KeyedStreamRecord[] = [];
  let ids = 0;
  const ports = {
    secret,
    newId: () => `id-${++ids}`,
    stream: {
      async put(records: readonly KeyedStreamRecord[]) {
        if (fault !== undefined) throw fault;
        put.push(...records);
      },
    },
  };
  const handler = httpHandler({
    capability: 'sending',
    routes: [
      { method: 'GET', path: '/u/{token}', handle: (request) => askUnsubscribe(request, ports) },
      { method: 'POST', path: '/u/{token}', handle: (request) => doUnsubscribe(request, ports) },
    ],
  });
  const call = (method: string, token: string, body?: unknown) =>
    handler(
      httpEvent({
        method,
        path: `/u/${token}`,
        receivedAt: NOW,
        matched: { routeKey: `${method} /u/{token}`, pathParameters: { token } },
        ...(body !== undefined && { body }),
      }),
      lambdaContext,
    );
  return { put, call };
}

describe('an unsubscribe link', () => {
  it('asks first: to follow it changes nothing, since scanners do', async () => {
    const { put, call } = set();

    const answer = await call('GET', await link());

    expect(answer).toMatchObject({
      statusCode: 200,
      headers: { 'content-type': 'text/html; charset=utf-8' },
    });
    expect(answer.body).toContain('<form method="post">');
    expect(answer.body).toContain('no more marketing mail');
    expect(put).toEqual([]);
  });

  it.each([
    { name: "a mail client's one click", body: Buffer.from('List-Unsubscribe=One-Click') },
    {
      name: 'a form of several parts',
      body: '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"',
    },
    { name: 'an empty body', body: undefined },
  ])('unsubscribes by $name, with our time and addressed to the person', async ({ body }) => {
    const { put, call } = set();

    const answer = await call('POST', await link('newsletter'), body);

    expect(answer).toMatchObject({ statusCode: 200 });
    expect(answer.body).toContain('You are unsubscribed');
    expect(put.map(({ partitionKey }) => partitionKey)).toEqual(['pid#p1']);
    const record = StreamRecord.parse(put[0]?.record);
    expect(record).toMatchObject({
      source: { id: 'unsubscribe' },
      person: { pid: 'p1', contact: 'c1' },
      receivedAt: NOW,
      events: [{ type: 'track', event: 'Unsubscribed', messageId: 'id-1', timestamp: NOW }],
    });
    const [event] = record.events;
    expect(emailEffect(event?.event ?? '', event?.properties)).toEqual({
      contact: 'unsubscribed',
      deny: { channel: 'email', purpose: 'newsletter' },
    });
  });

  it('says it again, as another event, when it is done again', async () => {
    const { put, call } = set();
    const token = await link();

    await call('POST', token);
    await call('POST', token);

    expect(put.map(({ record }) => record.events[0]?.messageId)).toEqual(['id-1', 'id-2']);
  });

  it.each(['GET', 'POST'])('that is not ours is told so (%s)', async (method) => {
    const { put, call } = set();

    const answer = await call(method, 'not-a-token');

    expect(answer).toMatchObject({ statusCode: 400 });
    expect(answer.body).toContain('This link does not work');
    expect(put).toEqual([]);
  });

  it('does not claim to have worked when the stream is down', async () => {
    const { call } = set(new UnavailableError('the stream refused 1 of 1 records'));

    const answer = await call('POST', await link());

    expect(answer).toMatchObject({ statusCode: 503, headers: { 'retry-after': '60' } });
    expect(answer.body).toContain('not unsubscribed yet');
  });

  it('is answered with 500 when the fault is ours', async () => {
    const { call } = set(new TypeError('a bug'));

    expect(await call('POST', await link())).toMatchObject({ statusCode: 500 });
  });
});
