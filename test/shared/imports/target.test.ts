import { describe, expect, it } from 'vitest';
import { isIdentifier, parseTarget } from '#shared/imports/target.ts';

describe('parseTarget', () => {
  it.each([
    ['userId', { kind: 'userId' }],
    ['email', { kind: 'email' }],
    ['timestamp', { kind: 'timestamp' }],
    ['externalId:loyalty_card', { kind: 'externalId', name: 'loyalty_card' }],
    ['trait:E-mail: opt-in', { kind: 'trait', name: 'E-mail: opt-in' }],
    ['property:total', { kind: 'property', name: 'total' }],
    ['consent:sms/weekly-news', { kind: 'consent', channel: 'sms', purpose: 'weekly-news' }],
  ])('reads %s', (text, target) => {
    expect(parseTarget(text)).toEqual(target);
  });

  it.each([
    '',
    'userid',
    'trait',
    'trait:',
    'trait:a/b',
    'property:',
    'property: total',
    'property:__proto__',
    'property:toString',
    `property:${'x'.repeat(101)}`,
    'externalId:',
    'externalId:user_id',
    'externalId:anonymousId',
    'externalId:email',
    'externalId:a b',
    'other:x',
    'consent:marketing',
    'consent:post/marketing',
    'consent:email/Marketing',
    'consent:email/',
  ])('reads nothing from %j', (text) => {
    expect(parseTarget(text)).toBeUndefined();
  });

  it('tells what names a person from what says something of them', () => {
    const names = ['userId', 'anonymousId', 'email', 'phone', 'externalId:card'];
    const facts = ['groupId', 'timestamp', 'event', 'trait:name', 'property:total'];
    const identifies = (text: string): boolean => isIdentifier(parseTarget(text) ?? { kind: 'event' });

    expect(names.filter(identifies)).toEqual(names);
    expect(facts.filter(identifies)).toEqual([]);
  });
});
