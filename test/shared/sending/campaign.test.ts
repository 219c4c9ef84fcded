import { describe, expect, it } from 'vitest';
import { Campaign } from '#shared/sending/campaign.ts';

const spring = {
  id: 'spring',
  name: 'Spring',
  segment: 'everybody',
  channel: 'email',
  purpose: 'marketing',
  from: 'shop@example.com',
  subject: 'Hello {{ traits.first_name }}',
  html: '<p>Hello</p>',
};

describe('Campaign', () => {
  it.each([
    { name: 'the least that a campaign is', change: {} },
    { name: 'a sender with a name', change: { from: 'Chez Zoé <zoe@example.com>' } },
    {
      name: 'all that it may have',
      change: {
        replyTo: '"Help, please" <help@example.com>',
        text: 'Hello',
        schedule: { expression: 'cron(0 9 ? * MON *)', timezone: 'Europe/Paris' },
        market: 'fr',
        brand: 'main',
      },
    },
  ])('takes $name', ({ change }) => {
    expect(Campaign.safeParse({ ...spring, ...change }).error).toBeUndefined();
  });

  it.each([
    {
      name: 'html that does not parse',
      change: { html: '<p>\n{{ x | shout }}</p>' },
      path: 'html',
      message: 'line 2: undefined filter: shout',
    },
    {
      name: 'a subject that does not parse',
      change: { subject: '{% if %}' },
      path: 'subject',
      message: /^line 1: /,
    },
    {
      name: 'a text that does not parse',
      change: { text: '{% if x %}' },
      path: 'text',
      message: 'line 1: tag {% if x %} not closed',
    },
    {
      name: 'a subject of two lines',
      change: { subject: 'a\r\nBcc: all@example.com' },
      path: 'subject',
      message: /one line/,
    },
    { name: 'a sender that is no address', change: { from: 'shop' }, path: 'from', message: /an address/ },
    {
      name: 'a sender of two lines',
      change: { from: 'shop@example.com\r\nBcc: a@b.co' },
      path: 'from',
      message: /an address/,
    },
    { name: 'two senders', change: { from: 'a@b.co, c@d.co' }, path: 'from', message: /an address/ },
    {
      name: 'an answer address that is none',
      change: { replyTo: 'Help <help>' },
      path: 'replyTo',
      message: /an address/,
    },
    { name: 'another channel', change: { channel: 'sms' }, path: 'channel', message: /email/ },
    { name: 'a field that it does not know', change: { colour: 'red' }, path: '', message: /colour/ },
  ])('refuses $name, naming field and cause', ({ change, path, message }) => {
    const issues = Campaign.safeParse({ ...spring, ...change }).error?.issues ?? [];

    expect(issues.map((issue) => issue.path.join('.'))).toEqual([path]);
    expect(issues[0]?.message).toEqual(
      typeof message === 'string' ? message : expect.stringMatching(message),
    );
  });
});
