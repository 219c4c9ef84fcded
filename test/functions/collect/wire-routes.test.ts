import { describe, expect, it } from 'vitest';
import { COLLECT_ROUTES } from '#functions/collect/collect-routes.ts';
import { collecting, track, WRITE_KEY, withKey } from '#test/support/collecting.ts';

const BATCHES = ['/v1/batch', '/v1/b', '/v1/import', '/api/s/batch', '/api/s/s2s/batch'];
const CALLS = {
  track: ['/v1/track', '/v1/t', '/api/s/track', '/api/s/s2s/track'],
  identify: ['/v1/identify', '/v1/i', '/api/s/identify', '/api/s/s2s/identify'],
  page: ['/v1/page', '/v1/p', '/api/s/page', '/api/s/s2s/page'],
  screen: ['/v1/screen', '/v1/s', '/api/s/screen', '/api/s/s2s/screen'],
  group: ['/v1/group', '/v1/g', '/api/s/group', '/api/s/s2s/group'],
  alias: ['/v1/alias', '/v1/a', '/api/s/alias', '/api/s/s2s/alias'],
};
const { type: _, ...untyped } = track();

describe('wire contract 1: routes', () => {
  it.each(BATCHES)('POST %s takes a batch', async (path) => {
    const { ask, events } = collecting();

    const answer = await ask({ path, headers: withKey, body: { batch: [track(), track()] } });

    expect(answer).toMatchObject({ status: 200, body: { success: true, accepted: 2 } });
    expect(events().map(({ type }) => type)).toEqual(['track', 'track']);
  });

  it.each(Object.entries(CALLS).flatMap(([type, paths]) => paths.map((path) => [path, type])))(
    'POST %s takes one %s, whatever the body says of its type',
    async (path, type) => {
      const { ask, events } = collecting();

      await ask({ path, headers: withKey, body: untyped });
      await ask({ path, headers: withKey, body: { ...untyped, type: 'purchase' } });

      expect(events().map((event) => event.type)).toEqual([type, type]);
    },
  );

  it('POST /v1/m is answered and dropped', async () => {
    const { ask, stream, quarantined } = collecting();
    const series = [{ type: 'Counter', metric: 'analytics_js.invoke', value: 1, tags: {} }];

    const answer = await ask({
      path: '/v1/m',
      headers: { 'content-type': 'text/plain' },
      body: JSON.stringify({ series }),
    });

    expect(answer).toMatchObject({ status: 200, body: { success: true } });
    expect([stream, quarantined]).toEqual([[], []]);
  });

  it('POST /beacon/v1/batch?writeKey= takes what RudderStack sends as a page closes', async () => {
    const { ask, events } = collecting();

    const answer = await ask({
      path: '/beacon/v1/batch',
      query: { writeKey: WRITE_KEY },
      headers: { 'content-type': 'text/plain;charset=UTF-8' },
      body: JSON.stringify({ batch: [track()] }),
    });

    expect(answer.status).toBe(200);
    expect(events()).toHaveLength(1);
  });

  it.each([
    ['/pixel/v1/track', { type: 'track', event: 'Mail Opened' }],
    ['/pixel/v1/page', { type: 'page', name: 'Welcome' }],
  ])('GET %s takes what an image says in its address, and is one', async (path, expected) => {
    const { ask, events } = collecting();
    const query = {
      writeKey: WRITE_KEY,
      anonymousId: 'a1',
      event: 'Mail Opened',
      name: 'Welcome',
      'properties.mail': 'spring',
      'properties.size.px': '1',
      context: '{"locale":"fr"}',
      '__proto__.polluted': 'yes',
    };

    const first = await ask({ method: 'GET', path, query });
    await ask({ method: 'GET', path, query });

    expect(first).toMatchObject({ status: 200, headers: { 'content-type': 'image/gif' } });
    expect(first.body.subarray(0, 6).toString()).toBe('GIF89a');
    expect(events()[0]).toMatchObject({
      ...expected,
      anonymousId: 'a1',
      messageId: 'pixel-request-1',
      properties: { mail: 'spring', size: { px: '1' } },
      context: { locale: 'fr' },
    });
    expect(Object.prototype).not.toHaveProperty('polluted');
  });

  it.each(['/rsaMetrics', '/rsaRequest'])('POST %s is answered and dropped', async (path) => {
    const { ask, stream } = collecting();

    expect(await ask({ path, body: {} })).toMatchObject({ status: 200 });
    expect(stream).toEqual([]);
  });

  it('GET /health is answered without a key', async () => {
    expect(await collecting().ask({ method: 'GET', path: '/health' })).toMatchObject({ status: 200 });
  });

  it.each([
    ['POST', '/transform'],
    ['POST', '/v1/merge'],
    ['POST', '/v1/audiencelist'],
    ['POST', '/v1/webhook'],
    ['POST', '/v1/buy'],
    ['POST', '/track'],
    ['GET', '/v1/track'],
    ['GET', '/analytics.js/v1/key/analytics.min.js'],
    ['GET', '/v1/projects/settings'],
    ['POST', '/'],
    ['POST', '//'],
  ])('%s %s is not served', async (method, path) => {
    const { ask, stream } = collecting();

    const answer = await ask({
      method,
      path,
      headers: withKey,
      ...(method === 'POST' && { body: { batch: [track()] } }),
    });

    expect(answer).toMatchObject({ status: 404, body: { code: 'NO_SUCH_ROUTE' } });
    expect(stream).toEqual([]);
  });

  it.each([...COLLECT_ROUTES.keys()])('%s stands after any prefix and before a slash', async (key) => {
    const [method = '', path = ''] = key.replace('{}', 'some-key').split(' ');
    const ask = async (asked: string) => {
      const { status } = await collecting().ask({ method, path: asked, headers: withKey, body: untyped });
      return status;
    };
    const plain = await ask(path);

    expect(plain).not.toBe(404);
    for (const asked of [`${path}/`, `/prod${path}`, `/a/b/c${path}/`, `/${path}`]) {
      expect([asked, await ask(asked)]).toEqual([asked, plain]);
    }
  });
});
