import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { authorizeJwt } from '#local/http/jwt-authorizer.ts';
import { openTokenIssuer } from '#local/http/token-issuer.ts';

const authorizer = { issuer: 'https://issuer.example/pool', audience: ['client'] };
let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'tokens-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

it('makes a token that the authorizer of the template takes, as one of the group admin', async () => {
  const issuer = openTokenIssuer({ dir });

  const token = await issuer.adminToken(authorizer);

  expect(
    await authorizeJwt(`Bearer ${token}`, { authorizer, scopes: [], key: issuer.publicKey }),
  ).toMatchObject({
    allowed: true,
    authorizer: { jwt: { claims: { 'cognito:groups': '[admin]', token_use: 'id' } } },
  });
  expect(readFileSync(join(dir, 'admin-token'), 'utf8')).toBe(`${token}\n`);
});

it('gives the same token after a restart, and a new one for another pool', async () => {
  const token = await openTokenIssuer({ dir }).adminToken(authorizer);

  expect(await openTokenIssuer({ dir }).adminToken(authorizer)).toBe(token);
  const other = { ...authorizer, audience: ['other'] };
  expect(await openTokenIssuer({ dir }).adminToken(other)).not.toBe(token);
});
