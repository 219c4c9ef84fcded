import { describe, expect, it } from 'vitest';
import { type CorsRule, corsHeaders } from '#local/services/s3-cors.ts';

const rule: CorsRule = {
  AllowedOrigins: ['https://crm.example.com', 'https://*.shop.example'],
  AllowedMethods: ['PUT'],
  AllowedHeaders: ['Content-Type', 'x-amz-*'],
  ExposedHeaders: ['ETag'],
  MaxAge: 600,
};
const everybody: CorsRule = {
  AllowedOrigins: ['*'],
  AllowedMethods: ['GET'],
  AllowedHeaders: [],
  ExposedHeaders: [],
};

const ask = (o: { origin?: string; method?: string; headers?: string } = {}) =>
  corsHeaders([rule, everybody], {
    method: 'OPTIONS',
    headers: {
      origin: o.origin ?? 'https://crm.example.com',
      'access-control-request-method': o.method ?? 'PUT',
      ...(o.headers !== undefined && { 'access-control-request-headers': o.headers }),
    },
  });

describe('a browser that asks leave', () => {
  it('is given it, with what it may send and for how long', () => {
    expect(ask({ headers: 'content-type, X-Amz-Meta-Name' })).toEqual({
      'access-control-allow-origin': 'https://crm.example.com',
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'PUT',
      'access-control-allow-headers': 'content-type, x-amz-meta-name',
      'access-control-expose-headers': 'ETag',
      'access-control-max-age': '600',
      vary: expect.stringContaining('Origin'),
    });
  });

  it('is given it for any origin by a rule for all', () => {
    expect(ask({ origin: 'https://elsewhere.example', method: 'GET' })).toMatchObject({
      'access-control-allow-origin': '*',
    });
  });

  it('is given it by a pattern', () => {
    expect(ask({ origin: 'https://fr.shop.example' })).toBeDefined();
  });

  it.each([
    ['another origin', { origin: 'https://crm.example.com.evil.example' }],
    ['less than what a pattern has on both sides', { origin: 'https://.shop.exampl' }],
    ['another method', { method: 'DELETE' }],
    ['a header that no rule allows', { headers: 'content-type, authorization' }],
    ['any header, where none is allowed', { method: 'GET', headers: 'content-type' }],
  ])('is refused for %s', (_, asked) => {
    expect(ask(asked)).toBeUndefined();
  });
});

it('a request itself is told what its page may read, and is not asked for its headers', () => {
  const headers = { origin: 'https://crm.example.com', authorization: 'x' };

  const told = corsHeaders([rule], { method: 'PUT', headers });

  expect(told).toMatchObject({ 'access-control-expose-headers': 'ETag' });
  expect(told).not.toHaveProperty('access-control-max-age');
});

it('who is no page of another origin is told nothing', () => {
  expect(corsHeaders([rule], { method: 'PUT', headers: {} })).toBeUndefined();
});
