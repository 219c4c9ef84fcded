import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type Fault, type FaultyProxy, startFaultyProxy } from './faulty-proxy.ts';

let server: Server;
let target: string;
let heard: string[];
let proxy: FaultyProxy;

beforeEach(async () => {
  heard = [];
  server = createServer(async (request, response) => {
    heard.push(`${request.method} ${request.url} ${request.headers['x-said']} ${await buffer(request)}`);
    response.writeHead(201, { 'x-answered': 'yes' }).end('taken');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  target = `http://127.0.0.1:${z.object({ port: z.int() }).parse(server.address()).port}`;
});
afterEach(async () => {
  await proxy.close();
  server.closeAllConnections();
  server.close();
});

const post = (body: string) =>
  fetch(`${proxy.url}/v1/batch?a=b`, {
    method: 'POST',
    headers: { 'x-said': 'so', origin: 'http://shop' },
    body,
  });

describe('a faulty proxy', () => {
  it('passes on as it is what no fault is for, and gives back the answer', async () => {
    proxy = await startFaultyProxy(target, []);

    const answer = await post('one');

    expect([answer.status, answer.headers.get('x-answered'), await answer.text()]).toEqual([
      201,
      'yes',
      'taken',
    ]);
    expect(heard).toEqual(['POST /v1/batch?a=b so one']);
    expect(proxy.seen()).toMatchObject([{ path: '/v1/batch?a=b', status: 201, isSpoiled: false }]);
    expect(proxy.seen()[0]?.body.toString()).toBe('one');
  });

  it.each<{ fault: Fault; hears: readonly string[] }>([
    { fault: { when: 'before', status: 503 }, hears: [] },
    { fault: { when: 'after', status: 503 }, hears: ['POST /v1/batch?a=b so one'] },
    { fault: { when: 'before', status: 429, retryAfter: 1 }, hears: [] },
  ])('answers for the server, in a way that pages can read: $fault', async ({ fault, hears }) => {
    proxy = await startFaultyProxy(target, [fault]);

    const { status, headers } = await post('one');

    expect(heard).toEqual(hears);
    expect(status).toBe('status' in fault && fault.status);
    expect(headers.get('retry-after')).toBe('retryAfter' in fault ? String(fault.retryAfter) : null);
    expect(headers.get('access-control-allow-origin')).toBe('http://shop');
    expect(proxy.seen()).toMatchObject([{ status, isSpoiled: true }]);
  });

  it.each<{ when: Fault['when']; hears: readonly string[] }>([
    { when: 'before', hears: [] },
    { when: 'after', hears: ['POST /v1/batch?a=b so one'] },
  ])('drops the connection $when the server hears', async ({ when, hears }) => {
    proxy = await startFaultyProxy(target, [{ when, drops: true }]);

    await expect(post('one')).rejects.toThrow('fetch failed');

    expect(heard).toEqual(hears);
    expect(proxy.seen().map(({ status, isSpoiled }) => [status, isSpoiled])).toEqual([[undefined, true]]);
  });

  it('spoils only so many POSTs as there are faults, and nothing else', async () => {
    proxy = await startFaultyProxy(target, [{ when: 'before', status: 503 }]);

    const settings = await fetch(`${proxy.url}/v1/projects/key/settings`);
    const statuses = [(await post('one')).status, (await post('two')).status];

    expect(settings.status).toBe(201);
    expect(statuses).toEqual([503, 201]);
    expect(proxy.seen().map(({ isSpoiled }) => isSpoiled)).toEqual([true, false]);
  });

  it('survives a sender that goes in the middle of a request', async () => {
    proxy = await startFaultyProxy(target, []);
    const sender = connect(Number(new URL(proxy.url).port), '127.0.0.1');
    sender.write('POST / HTTP/1.1\r\nhost: shop\r\nexpect: 100-continue\r\ncontent-length: 9\r\n\r\nhalf');
    await once(sender, 'data');

    sender.destroy();

    expect((await post('one')).status).toBe(201);
    expect(heard).toEqual(['POST /v1/batch?a=b so one']);
  });

  it('drops the connection where the server is gone', async () => {
    proxy = await startFaultyProxy(target, []);
    server.close();

    await expect(post('one')).rejects.toThrow('fetch failed');

    expect(proxy.seen()).toEqual([]);
  });
});
