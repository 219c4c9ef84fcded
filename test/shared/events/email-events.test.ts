import { describe, expect, it } from 'vitest';
import { EMAIL_EVENTS, EmailEventName, emailEffect } from '#shared/events/email-events.ts';

const address = 'ada@example.com';
const marketing = { channel: 'email', purpose: 'marketing' };

describe('emailEffect', () => {
  it('knows every event of the table by its name', () => {
    expect(EmailEventName.options).toEqual(Object.keys(EMAIL_EVENTS));
  });

  it.each([
    { name: 'Email Delivered', properties: { email: address }, effect: { contact: 'delivered' } },
    { name: 'Email Opened', properties: undefined, effect: { contact: 'opened' } },
    { name: 'Email Link Clicked', properties: {}, effect: { contact: 'clicked' } },
    {
      name: 'Email Bounced',
      properties: { email: address, bounce_type: 'Permanent' },
      effect: { contact: 'bounced', suppress: { address, reason: 'bounced' } },
    },
    {
      name: 'Email Bounced',
      properties: { email: address, bounce_type: 'Transient' },
      effect: { contact: 'bounced' },
    },
    { name: 'Email Bounced', properties: { email: address }, effect: { contact: 'bounced' } },
    {
      name: 'Email Marked as Spam',
      properties: { email: address },
      effect: { contact: 'complained', suppress: { address, reason: 'complained' }, deny: marketing },
    },
    {
      name: 'Email Marked as Spam',
      properties: { purpose: 'newsletter' },
      effect: { contact: 'complained', deny: { channel: 'email', purpose: 'newsletter' } },
    },
    { name: 'Unsubscribed', properties: {}, effect: { contact: 'unsubscribed', deny: marketing } },
    {
      name: 'Unsubscribed',
      properties: { email: 7, purpose: ['odd'] },
      effect: { contact: 'unsubscribed', deny: marketing },
    },
    { name: 'Order Completed', properties: {}, effect: undefined },
  ])('$name with $properties', ({ name, properties, effect }) => {
    expect(emailEffect(name, properties)).toEqual(effect);
  });
});
