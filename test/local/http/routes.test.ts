import { describe, expect, it } from 'vitest';
import { findRoute } from '#local/http/routes.ts';

const routes = [
  '$default',
  'GET /people/{id}',
  'ANY /people/{id}',
  'GET /people/me',
  'ANY /people/{proxy+}',
  'GET /people/{id}/events',
  'POST /v1/batch',
  'ANY /{proxy+}',
].map((key) => ({ key }));

describe('a request', () => {
  it.each([
    ['GET', '/people/me', 'GET /people/me', {}],
    ['GET', '/people/1', 'GET /people/{id}', { id: '1' }],
    ['GET', '/people/email:a%40b.c', 'GET /people/{id}', { id: 'email:a@b.c' }],
    ['POST', '/people/1', 'ANY /people/{id}', { id: '1' }],
    ['GET', '/people/1/events', 'GET /people/{id}/events', { id: '1' }],
    ['GET', '/people/1/other', 'ANY /people/{proxy+}', { proxy: '1/other' }],
    ['POST', '/v1/batch', 'POST /v1/batch', {}],
    ['GET', '/v1/batch', 'ANY /{proxy+}', { proxy: 'v1/batch' }],
    ['POST', '/v1/batch/', 'ANY /{proxy+}', { proxy: 'v1/batch/' }],
    ['GET', '/', '$default', {}],
  ])('%s %s goes to %s', (method, path, key, pathParameters) => {
    expect(findRoute(routes, { method, path })).toEqual({ route: { key }, pathParameters });
  });

  it('goes nowhere without a route for it', () => {
    expect(findRoute([{ key: 'GET /a' }], { method: 'GET', path: '/b' })).toBeUndefined();
  });
});
