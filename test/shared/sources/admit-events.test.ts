import { describe, expect, it } from 'vitest';
import { admissionRules, admitEvents } from '#shared/sources/admit-events.ts';
import { NameList } from '#shared/sources/name-list.ts';
import { collected } from '#test/support/events.ts';

const names = (of: readonly { readonly event?: string | undefined }[]) => of.map(({ event }) => event);

describe('admitEvents', () => {
  it('gives back the very list where a source takes everything', () => {
    const events = [collected()];

    const admitted = admitEvents(events, admissionRules({}));

    expect(admitted.events).toBe(events);
    expect(admitted).toMatchObject({ rejected: [], dropped: [] });
  });

  it.each([
    [{ deny: ['Viewed'] }, ['Bought', 'toString']],
    [{ allow: ['Viewed', 'toString'] }, ['Viewed', 'toString']],
    [{ allow: ['Viewed', 'Bought'], deny: ['Viewed'] }, ['Bought']],
    [{ deny: ['viewed'] }, ['Viewed', 'Bought', 'toString']],
  ])('takes of track calls, by %j, %j', (events, taken) => {
    const sent = ['Viewed', 'Bought', 'toString'].map((event) => collected({ event }));

    const admitted = admitEvents(sent, admissionRules({ events }));

    expect(names(admitted.events)).toEqual(taken);
    expect(admitted.dropped).toEqual(
      sent
        .map((event, index) => ({ index, reason: 'event_denied', event }))
        .filter(({ event: { event = '' } }) => !taken.includes(event)),
    );
  });

  it('asks the names of track calls alone', () => {
    const calls = (['identify', 'page', 'screen', 'group', 'alias'] as const).map((type) =>
      collected({ type, name: 'Viewed' }),
    );

    expect(admitEvents(calls, admissionRules({ events: { allow: ['Bought'] } })).events).toEqual(calls);
  });

  it('takes denied traits from where SDKs put them, and from nowhere else', () => {
    const rules = admissionRules({ traits: { deny: ['ssn'] } });
    const values = { ssn: '1', city: 'Lyon' };
    const event = collected({
      type: 'identify',
      traits: values,
      properties: values,
      context: { traits: values, locale: 'fr', ssn: 2 },
    });

    const [admitted] = admitEvents([event], rules).events;

    expect(admitted).toEqual({
      ...event,
      traits: { city: 'Lyon' },
      context: { traits: { city: 'Lyon' }, locale: 'fr', ssn: 2 },
    });
    expect(Object.keys(admitted ?? {})).toEqual(Object.keys(event));
  });

  it('keeps only the traits that are allowed', () => {
    const rules = admissionRules({ traits: { allow: ['city', 'toString'] } });
    const event = collected({ type: 'group', traits: { city: 'Lyon', ssn: '1', toString: 1 } });

    expect(admitEvents([event], rules).events[0]?.traits).toEqual({ city: 'Lyon', toString: 1 });
  });

  it.each([
    collected(),
    collected({ type: 'identify', traits: { city: 'Lyon' }, context: { traits: { city: 'Lyon' } } }),
    collected({ context: { traits: ['ssn'] } }),
    collected({ context: { traits: null, locale: 'fr' } }),
  ])('passes on the very event that nothing is taken from', (event) => {
    const rules = admissionRules({ events: { deny: ['Bought'] }, traits: { deny: ['ssn', '0'] } });

    expect(admitEvents([event], rules).events[0]).toBe(event);
  });
});

describe('NameList', () => {
  it.each([{}, { allow: [] }, { deny: [' '] }, { deny: ['x'.repeat(201)] }, { denied: ['x'] }])(
    'is not %j',
    (list) => {
      expect(NameList.safeParse(list).success).toBe(false);
    },
  );

  it('is of names as events have them, without blanks around', () => {
    expect(NameList.parse({ deny: [' Order Completed '] })).toEqual({ deny: ['Order Completed'] });
  });
});
