import { describe, expect, it } from 'vitest';
import { routerOf } from '#functions/runtime/router.ts';

const match = routerOf([
  { method: 'GET', path: '/v1/things/{id}' },
  { method: 'GET', path: '/v1/things/all' },
  { method: 'PUT', path: '/v1/things/{id}/parts/{part}' },
  { method: 'GET', path: '/v1/{rest+}' },
  { method: 'GET', path: '/' },
]);

describe('routerOf', () => {
  it.each([
    { asked: 'GET /v1/things/7', path: '/v1/things/{id}', pathParameters: { id: '7' } },
    { asked: 'GET /v1/things/7/', path: '/v1/things/{id}', pathParameters: { id: '7' } },
    { asked: 'GET /v1/things/all', path: '/v1/things/all', pathParameters: {} },
    { asked: 'GET /v1/things/a%2Fb', path: '/v1/things/{id}', pathParameters: { id: 'a/b' } },
    {
      asked: 'PUT /v1/things/7/parts/x',
      path: '/v1/things/{id}/parts/{part}',
      pathParameters: { id: '7', part: 'x' },
    },
    { asked: 'GET /v1/things/7/parts/x', path: '/v1/{rest+}', pathParameters: { rest: 'things/7/parts/x' } },
    { asked: 'GET /', path: '/', pathParameters: {} },
  ])('takes $asked for $path', ({ asked, path, pathParameters }) => {
    const [method = '', url = ''] = asked.split(' ');

    expect(match(method, url)).toMatchObject({ route: { method, path }, pathParameters });
  });

  it.each([
    'POST /v1/things/7',
    'PUT /v1/things/7',
    'PUT /v1/things//parts/x',
    'GET /v1',
    'GET /v2/things',
    'GET /v1/',
  ])('has nothing for %s', (asked) => {
    const [method = '', url = ''] = asked.split(' ');

    expect(match(method, url)).toBeUndefined();
  });

  it('refuses a parameter that is no percent-encoding', () => {
    expect(() => match('GET', '/v1/things/%E0%A4%A')).toThrow('not valid percent-encoding');
  });
});
