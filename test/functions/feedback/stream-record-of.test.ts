import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { SesEvent } from '#functions/feedback/ses-event.ts';
import { streamRecordOf } from '#functions/feedback/stream-record-of.ts';
import { emailEffect } from '#shared/events/email-events.ts';
import { StreamRecord } from '#shared/events/stream-record.ts';

type Name = 'bounce' | 'complaint' | 'delivery' | 'send' | 'open' | 'click';

const Raw = z.looseObject({ detail: z.looseObject({ mail: z.looseObject({}) }) });

function read(
  name: Name,
  change: (detail: z.infer<typeof Raw>['detail']) => object = (detail) => detail,
): SesEvent {
  const raw = Raw.parse(JSON.parse(readFileSync(`test/fixtures/aws/ses/${name}.json`, 'utf8')));
  return SesEvent.parse({ ...raw, detail: change(raw.detail) });
}

function recordOf(event: SesEvent): StreamRecord {
  const outcome = streamRecordOf(event);
  if (outcome.kind !== 'ok') throw new Error(outcome.reason);
  return StreamRecord.parse(outcome.value.record);
}

const eventOf = (event: SesEvent) => recordOf(event).events[0];

describe('streamRecordOf', () => {
  it.each([
    { name: 'delivery', event: 'Email Delivered', at: '2016-10-19T23:21:04.133Z', more: {} },
    { name: 'open', event: 'Email Opened', at: '2017-08-09T22:00:19.652Z', more: {} },
    {
      name: 'click',
      event: 'Email Link Clicked',
      at: '2017-08-09T23:51:25.570Z',
      more: { link_url: 'http://docs.aws.amazon.com/ses/latest/DeveloperGuide/send-email-smtp.html' },
    },
    {
      name: 'bounce',
      event: 'Email Bounced',
      at: '2017-08-05T00:41:02.669Z',
      more: { bounce_type: 'Permanent' },
    },
  ] as const)(
    'tells of a $name as $event, addressed to the person of the mail',
    ({ name, event, at, more }) => {
      const record = recordOf(read(name));

      expect(record).toMatchObject({ source: { id: 'ses' }, person: { pid: 'p1', contact: 'c-1' } });
      expect(record.events).toEqual([
        {
          type: 'track',
          event,
          messageId: expect.stringMatching(/^[\w-]{43}$/),
          timestamp: Date.parse(at),
          originalTimestamp: Date.parse(at),
          properties: {
            campaign_id: 'spring',
            run_id: '20170805T004000Z-0a1b2c3d',
            contact_id: 'c-1',
            channel: 'email',
            purpose: 'newsletter',
            email: 'recipient@example.com',
            ...more,
          },
        },
      ]);
    },
  );

  it('counts a complaint from when we hear of it', () => {
    expect(eventOf(read('complaint'))).toMatchObject({
      event: 'Email Marked as Spam',
      timestamp: Date.parse('2017-08-05T00:41:30Z'),
      originalTimestamp: Date.parse('2017-08-05T00:41:02.669Z'),
    });
  });

  it('keeps one person to one partition, so that their feedback stays in order', () => {
    expect(streamRecordOf(read('open'))).toMatchObject({ value: { partitionKey: 'pid#p1' } });
  });

  it('gives two deliveries of an event one id, and two clicks on two links two', () => {
    const otherLink = (detail: object) => ({
      ...detail,
      click: { timestamp: '2017-08-09T23:51:25.570Z', link: 'https://example.com/other' },
    });

    expect(eventOf(read('click'))?.messageId).toBe(eventOf(read('click'))?.messageId);
    expect(eventOf(read('click', otherLink))?.messageId).not.toBe(eventOf(read('click'))?.messageId);
  });

  it.each([
    { name: 'a bounce for good suppresses', type: 'Permanent', suppress: true },
    { name: 'one that passes does not', type: 'Transient', suppress: false },
    { name: 'nor one of which nothing is known', type: 'Undetermined', suppress: false },
  ])('$name', ({ type, suppress }) => {
    const event = eventOf(
      read('bounce', (detail) => ({
        ...detail,
        bounce: { timestamp: '2017-08-05T00:41:02.669Z', bounceType: type },
      })),
    );

    expect(emailEffect(event?.event ?? '', event?.properties)).toEqual({
      contact: 'bounced',
      ...(suppress && { suppress: { address: 'recipient@example.com', reason: 'bounced' } }),
    });
  });

  it('makes a complaint suppress the address and deny the purpose', () => {
    const event = eventOf(read('complaint'));

    expect(emailEffect(event?.event ?? '', event?.properties)).toEqual({
      contact: 'complained',
      suppress: { address: 'recipient@example.com', reason: 'complained' },
      deny: { channel: 'email', purpose: 'newsletter' },
    });
  });

  it('keeps no token of an unsubscribe link', () => {
    const link = 'https://collect.test/u/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJwMSJ9.c2lnbmF0dXJl?x=1';
    const event = eventOf(
      read('click', (detail) => ({ ...detail, click: { timestamp: '2017-08-09T23:51:25.570Z', link } })),
    );

    expect(event?.properties?.link_url).toBe('https://collect.test/u/');
  });

  it.each<{ name: string; event: SesEvent; reason: string }>([
    { name: 'that it was sent', event: read('send'), reason: 'Type' },
    {
      name: 'of a mail without our tags',
      event: read('open', (detail) => ({ ...detail, mail: { ...detail.mail, tags: { pid: ['p1'] } } })),
      reason: 'NotOurs',
    },
    {
      name: 'of a mail without any tags',
      event: read('open', (detail) => ({ ...detail, mail: { messageId: 'm', destination: [] } })),
      reason: 'NotOurs',
    },
    {
      name: 'of an open by a machine',
      event: read('open', (detail) => ({
        ...detail,
        open: { timestamp: '2017-08-09T22:00:19Z', isBotEvent: true },
      })),
      reason: 'Bot',
    },
    {
      name: 'of a click by a machine, said beside it',
      event: read('click', (detail) => ({ ...detail, isBotEvent: 'true' })),
      reason: 'Bot',
    },
  ])('says nothing $name', ({ event, reason }) => {
    expect(streamRecordOf(event)).toEqual({ kind: 'dropped', reason });
  });
});
