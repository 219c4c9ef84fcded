import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { LINK_DAYS, readUnsubscribe, signUnsubscribe } from '#functions/sending/unsubscribe-token.ts';
import { Pid } from '#shared/events/event.ts';

const key = new TextEncoder().encode('k'.repeat(64));
const secret = async () => key;
const NOW = 1_795_000_000_000;
const claims = {
  pid: Pid.parse('p1'),
  contact: 'c1',
  run: '20261122T090000Z-0a1b2c3d',
  campaign: 'spring',
  channel: 'email' as const,
  purpose: 'marketing',
};

describe('unsubscribe tokens', () => {
  it('come back as they were signed', async () => {
    const token = await signUnsubscribe(claims, { secret, now: NOW });

    const { pid, ...rest } = claims;
    expect(await readUnsubscribe(token, { secret, now: NOW })).toEqual({ sub: pid, ...rest });
  });

  it('fit into a header that SES takes', async () => {
    const long = {
      ...claims,
      pid: Pid.parse('p'.repeat(64)),
      contact: 'c'.repeat(64),
      campaign: 'a'.repeat(64),
    };

    const token = await signUnsubscribe(long, { secret, now: NOW });

    expect(`<https://abcdefghij.execute-api.eu-central-1.amazonaws.com/u/${token}>`.length).toBeLessThan(995);
    expect(token).toMatch(/^[\w.-]+$/);
  });

  it('work to their last day and no longer', async () => {
    const token = await signUnsubscribe(claims, { secret, now: NOW });
    const days = (n: number) => NOW + n * 86_400_000;

    expect(await readUnsubscribe(token, { secret, now: days(LINK_DAYS - 1) })).toBeDefined();
    expect(await readUnsubscribe(token, { secret, now: days(LINK_DAYS + 1) })).toBeUndefined();
  });

  it('are refused when anything about them is another', async () => {
    const token = await signUnsubscribe(claims, { secret, now: NOW });
    const [header = '', payload = '', signature = ''] = token.split('.');
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
    const signed = (jwt: SignJWT, alg = 'HS256') => jwt.setProtectedHeader({ alg }).sign(key);
    const { pid, ...rest } = claims;
    const complete = () => new SignJWT(rest).setSubject(pid);
    const forged = [
      '',
      'x',
      unsigned,
      `${header}.${payload}.${signature.slice(0, -2)}AA`,
      await signed(complete().setExpirationTime('1y')),
      await signed(complete().setExpirationTime('1y').setAudience('another')),
      await signed(complete().setAudience('unsubscribe')),
      await signed(new SignJWT({}).setExpirationTime('1y').setAudience('unsubscribe')),
      await signUnsubscribe(claims, { secret: async () => new Uint8Array(64), now: NOW }),
    ];

    for (const one of forged) expect(await readUnsubscribe(one, { secret, now: NOW })).toBeUndefined();
  });
});
