import { describe, expect, it } from 'vitest';
import { basic, collecting, WRITE_KEY, withKey } from '#test/support/collecting.ts';

const get = (path: string, more: object = {}) => collecting().ask({ method: 'GET', path, ...more });

describe('wire contract 6: settings documents', () => {
  it('GET /v1/projects/:writeKey/settings is all that Segment’s browser SDK needs', async () => {
    const { status, headers, body } = await get(`/v1/projects/${WRITE_KEY}/settings`);

    expect(status).toBe(200);
    expect(body).toEqual({
      integrations: {
        'Segment.io': { apiKey: WRITE_KEY, apiHost: 'api.test/v1', protocol: 'https' },
      },
      plan: {
        track: { __default: { enabled: true, integrations: {} } },
        identify: { __default: { enabled: true } },
        group: { __default: { enabled: true } },
      },
      metrics: { sampleRate: 0 },
      remotePlugins: [],
      middlewareSettings: {},
      enabledMiddleware: {},
      legacyVideoPluginsEnabled: false,
    });
    expect(headers).toMatchObject({ 'cache-control': 'public, max-age=300', vary: 'Origin' });
  });

  it('sends clients to where they asked, prefix and scheme included', async () => {
    const { body } = await get('/base/path/v1/projects/some-key/settings', {
      headers: { 'x-forwarded-proto': 'http' },
    });

    expect(body.integrations['Segment.io']).toEqual({
      apiKey: 'some-key',
      apiHost: 'api.test/base/path/v1',
      protocol: 'http',
    });
  });

  it.each(['nobodys-key', '__proto__', '"key"'])('is the same for the unknown key %s', async (key) => {
    const { status, body } = await get(`/v1/projects/${key}/settings`);

    expect(status).toBe(200);
    expect(body.integrations['Segment.io'].apiKey).toBe(key);
  });

  it.each(['/sourceConfig', '/sourceConfig/'])('GET %s is all that RudderStack’s needs', async (path) => {
    const query = { p: 'npm', v: '3.34.1', build: 'modern', writeKey: 'of-the-query' };

    const { status, headers, body } = await get(path, { headers: withKey, query });

    expect(status).toBe(200);
    expect(body).toEqual({
      source: {
        id: 'tributary',
        name: 'tributary',
        writeKey: WRITE_KEY,
        enabled: true,
        workspaceId: 'tributary',
        config: { statsCollection: { errors: { enabled: false }, metrics: { enabled: false } } },
        destinations: [],
      },
    });
    expect(headers).toMatchObject({ 'cache-control': 'private, max-age=300', vary: 'Origin' });
  });

  it('needs no key that is known, nor any store that answers', async () => {
    const down = {
      sourceOf: async () => {
        throw new Error('down');
      },
    };

    for (const path of ['/v1/projects/key/settings', '/sourceConfig']) {
      const answer = await collecting(down).ask({ method: 'GET', path, headers: basic('nobodys-key:') });
      expect(answer.status).toBe(200);
    }
  });
});
