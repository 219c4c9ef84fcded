import { describe, expect, it } from 'vitest';
import { routesByEnding } from '#functions/collect/find-route.ts';

const find = routesByEnding(
  new Map([
    ['POST /v1/batch', 'batch'],
    ['POST /beacon/v1/batch', 'beacon'],
    ['GET /v1/projects/{}/settings', 'settings'],
    ['GET /v1/projects/all/settings', 'all'],
    ['GET /health', 'health'],
  ]),
);

describe('routesByEnding', () => {
  it.each([
    ['POST', '/v1/batch', { route: 'batch', prefix: '', value: '' }],
    ['POST', '/v1/batch/', { route: 'batch', prefix: '', value: '' }],
    ['POST', '/a/b/v1/batch', { route: 'batch', prefix: '/a/b', value: '' }],
    ['POST', '//v1/batch', { route: 'batch', prefix: '/', value: '' }],
    ['POST', '/beacon/v1/batch', { route: 'beacon', prefix: '', value: '' }],
    ['POST', '/x/beacon/v1/batch', { route: 'beacon', prefix: '/x', value: '' }],
    ['GET', '/v1/projects/key/settings', { route: 'settings', prefix: '', value: 'key' }],
    ['GET', '/x/v1/projects/v1/settings/', { route: 'settings', prefix: '/x', value: 'v1' }],
    ['GET', '/v1/projects/all/settings', { route: 'all', prefix: '', value: '' }],
    ['GET', '/health', { route: 'health', prefix: '', value: '' }],
  ])('%s %s', (method, path, expected) => {
    expect(find(method, path)).toEqual(expected);
  });

  it.each([
    ['GET', '/v1/batch'],
    ['PUT', '/v1/batch'],
    ['POST', '/v2/batch'],
    ['POST', '/batch'],
    ['POST', '/xv1/batch'],
    ['POST', '/v1/batch//'],
    ['POST', '/v1/batch/more'],
    ['POST', '/V1/BATCH'],
    ['GET', '/v1/projects/settings'],
    ['GET', '/'],
    ['GET', ''],
    ['GET', '/__proto__'],
  ])('nothing for %s %s', (method, path) => {
    expect(find(method, path)).toBeUndefined();
  });

  it('looks no further into a path than its routes are long', () => {
    expect(find('POST', `${'/'.repeat(100_000)}v1/batch`)).toMatchObject({ route: 'batch' });
    expect(find('POST', '/a'.repeat(100_000))).toBeUndefined();
  });
});
