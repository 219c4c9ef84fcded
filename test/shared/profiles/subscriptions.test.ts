import { describe, expect, it } from 'vitest';
import { readSubscriptions } from '#shared/profiles/subscriptions.ts';

const read = (...messaging_subscriptions: unknown[]) => readSubscriptions({ messaging_subscriptions });

describe('readSubscriptions', () => {
  it.each([
    { type: 'EMAIL', status: 'SUBSCRIBED', key: 'email/marketing', is: 'granted' },
    { type: 'EMAIL', status: 'UNSUBSCRIBED', key: 'email/marketing', is: 'denied' },
    { type: 'SMS', status: 'SUBSCRIBED', key: 'sms/marketing', is: 'granted' },
    { type: 'SMS', status: 'UNSUBSCRIBED', key: 'sms/marketing', is: 'denied' },
  ])('reads $status of $type as $key $is', ({ type, status, key, is }) => {
    expect(read({ key: 'x', type, status })).toEqual([{ key, status: is }]);
  });

  it('reads categories as purposes of their names', () => {
    const categories = [
      { name: ' Our Weekly News', status: 'UNSUBSCRIBED' },
      { name: 'offers', status: 'SUBSCRIBED' },
    ];

    expect(read({ type: 'EMAIL', status: 'SUBSCRIBED', categories })).toEqual([
      { key: 'email/marketing', status: 'granted' },
      { key: 'email/our-weekly-news', status: 'denied' },
      { key: 'email/offers', status: 'granted' },
    ]);
  });

  it('takes no answer for none: neither of a channel nor of a category', () => {
    const categories = [
      { name: 'offers', status: 'DID_NOT_SUBSCRIBE' },
      { name: 'news', status: 'SUBSCRIBED' },
    ];

    expect(read({ type: 'EMAIL', status: 'DID_NOT_SUBSCRIBE', categories })).toEqual([
      { key: 'email/news', status: 'granted' },
    ]);
  });

  it('leaves out a category whose name is no purpose', () => {
    const categories = [{ name: '1st class', status: 'SUBSCRIBED' }];

    expect(read({ type: 'SMS', status: 'SUBSCRIBED', categories })).toHaveLength(1);
  });

  it.each([
    { type: 'PUSH', status: 'SUBSCRIBED' },
    { type: 'EMAIL', status: 'YES' },
    { type: 'EMAIL', status: '' },
    { type: '', status: 'SUBSCRIBED' },
    { type: 'EMAIL', status: 'SUBSCRIBED', categories: [{ status: 'SUBSCRIBED' }] },
    { type: 'EMAIL', status: 'SUBSCRIBED', categories: [{ name: 'offers' }] },
    'EMAIL',
  ])('takes nothing from %j', (subscription) => {
    expect(read(subscription)).toEqual([]);
  });

  it('takes nothing from a call that says nothing of it', () => {
    expect(readSubscriptions(undefined)).toEqual([]);
    expect(readSubscriptions({})).toEqual([]);
    expect(readSubscriptions({ messaging_subscriptions: 'EMAIL' })).toEqual([]);
  });
});
