import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pid } from '#shared/events/event.ts';
import { advance, Contact, type ContactNews, knownState, statesBelow } from '#shared/sending/ledger.ts';

const reserved = Contact.parse({
  run: 'r',
  campaign: 'spring',
  channel: 'email',
  purpose: 'marketing',
  address: 'ada@example.com',
  member: Pid.parse('ada'),
  attempt: 'a1',
  state: 'reserved',
  reservedAt: 1,
});

// What is said of one message follows from what happened, so that equal states carry equal news
const NEWS: Readonly<Record<ContactNews['state'], ContactNews>> = {
  unknown: { state: 'unknown', reason: 'interrupted' },
  failed: { state: 'failed', reason: 'MessageRejected' },
  sent: { state: 'sent', sentAt: 9, providerMessageId: 'm' },
};
const news = fc.constantFrom(...Object.values(NEWS));
const told = (list: readonly ContactNews[]): Contact => list.reduce(advance, reserved);

describe('what is known of a contact', () => {
  it('does not depend on the order in which it is told', () => {
    fc.assert(
      fc.property(fc.array(news, { maxLength: 6 }), fc.infiniteStream(fc.nat()), (list, draws) => {
        const keyed = list.map((item) => [draws.next().value ?? 0, item] as const);
        const shuffled = keyed.toSorted(([a], [b]) => a - b).map(([, item]) => item);

        expect(told(shuffled).state).toBe(told(list).state);
      }),
    );
  });

  it('is not changed by being told again', () => {
    fc.assert(
      fc.property(fc.array(news, { maxLength: 6 }), news, (list, item) => {
        const once = told([...list, item]);
        expect(advance(once, item)).toEqual(once);
      }),
    );
  });

  it('never goes back', () => {
    fc.assert(
      fc.property(fc.array(news, { maxLength: 6 }), news, (list, item) => {
        const before = told(list);
        const after = advance(before, item);

        expect(after === before || statesBelow(after.state).includes(before.state)).toBe(true);
      }),
    );
  });

  it.each(['delivered', 'opened', 'clicked', 'bounced', 'complained', 'unsubscribed'])(
    'is that it was sent, once it was %s',
    (field) => {
      for (const item of [undefined, ...Object.values(NEWS)]) {
        const contact = item === undefined ? reserved : advance(reserved, item);
        expect(knownState({ ...contact, [field]: 5 })).toBe('sent');
      }
    },
  );
});
