import { describe, expect, it } from 'vitest';
import { Pid } from '#shared/events/event.ts';
import type { Person } from '#shared/profiles/activity.ts';
import type { Campaign } from '#shared/sending/campaign.ts';
import { formatMailbox, parseMailbox } from '#shared/sending/mailbox.ts';
import { composeEmail } from '#shared/sending/message.ts';
import { compileCampaign, renderEmail } from '#shared/sending/render.ts';
import { DEFAULT_RULES } from '#shared/traits/trait-definition.ts';
import { person, traits } from '#test/support/person.ts';
import { campaign } from '#test/support/sending.ts';

const ada = (values: Readonly<Record<string, unknown>>): Person =>
  person('ada', { profile: { traits: traits(values) } });

const render = (definition: Campaign, whom: Person) =>
  renderEmail(compileCampaign(definition), {
    person: whom,
    traits: DEFAULT_RULES,
    address: 'ada@example.com',
    unsubscribeUrl: 'https://collect.test/u/t?a=1&b=2',
    campaign: definition,
  });

describe('renderEmail', () => {
  it('escapes in html and not in text, and takes what is missing or gone for nothing', () => {
    const definition = campaign({
      subject: 'For {{ traits.name }}{{ traits.gone }}{{ traits.missing }}',
      html: '{{ traits.name }}|{{ traits.gone }}|{{ email }}|<a href="{{ unsubscribe_url }}">{{ campaign.name }}</a>',
      text: '{{ traits.name }}: {{ unsubscribe_url }}',
    });

    expect(render(definition, ada({ name: 'Tom & <Jerry>', gone: null }))).toEqual({
      subject: 'For Tom & <Jerry>',
      html: 'Tom &amp; &lt;Jerry&gt;||ada@example.com|<a href="https://collect.test/u/t?a=1&amp;b=2">Spring</a>',
      text: 'Tom & <Jerry>: https://collect.test/u/t?a=1&b=2',
    });
  });

  it.each(['a\r\nBcc: all@example.com', 'a\nb', 'a\u2028b', 'a\u0000b', 'a\u0085b'])(
    'keeps a subject to one line whatever a trait holds (%j)',
    (name) => {
      const rendered = render(campaign({ subject: 'Hello {{ traits.name }}' }), ada({ name }));

      expect(rendered?.subject).toMatch(/^Hello a [\x20-\x7e]+$/);
    },
  );

  it('bounds a subject', () => {
    const rendered = render(campaign({ subject: '{{ traits.name }}' }), ada({ name: 'x'.repeat(2_000) }));

    expect(rendered?.subject).toHaveLength(500);
  });

  it('renders nothing that is longer than a mail may be', () => {
    const html = '{% for i in (1..60000) %}0123456789{% endfor %}';

    expect(render(campaign({ html }), ada({}))).toBeUndefined();
  });
});

describe('composeEmail', () => {
  const compose = (changes: { run?: string; unsubscribeUrl?: string | undefined } = {}) =>
    composeEmail({
      campaign: campaign({ from: 'Zoé <zoe@example.com>', replyTo: 'help@example.com' }),
      rendered: { subject: 's', html: 'h' },
      key: { pid: Pid.parse('p1'), id: 'c1' },
      run: 'run-1',
      address: 'ada@example.com',
      unsubscribeUrl: 'https://collect.test/u/token',
      ...changes,
    });

  it('carries the one-click headers of RFC 8058 and the tags that bring feedback home', () => {
    expect(compose()).toEqual({
      from: '=?UTF-8?B?Wm/DqQ==?= <zoe@example.com>',
      replyTo: 'help@example.com',
      to: 'ada@example.com',
      subject: 's',
      html: 'h',
      headers: [
        { name: 'List-Unsubscribe', value: '<https://collect.test/u/token>' },
        { name: 'List-Unsubscribe-Post', value: 'List-Unsubscribe=One-Click' },
      ],
      tags: { contact: 'c1', pid: 'p1', run: 'run-1', campaign: 'spring', purpose: 'marketing' },
    });
  });

  it('has no such headers where nobody unsubscribes', () => {
    expect(compose({ unsubscribeUrl: undefined }).headers).toEqual([]);
  });

  it('refuses an id that SES would not carry as a tag', () => {
    expect(() => compose({ run: 'run 1' })).toThrow(/tag/);
  });
});

describe('mailboxes', () => {
  it.each([
    { text: 'shop@example.com', written: 'shop@example.com' },
    { text: 'Shop <shop@example.com>', written: '"Shop" <shop@example.com>' },
    { text: '"Shop, Inc." <shop@example.com>', written: '"Shop, Inc." <shop@example.com>' },
    { text: '<shop@example.com>', written: 'shop@example.com' },
    { text: 'Zoé <zoe@example.com>', written: '=?UTF-8?B?Wm/DqQ==?= <zoe@example.com>' },
  ])('$text is written as $written', ({ text, written }) => {
    const mailbox = parseMailbox(text);

    expect(mailbox && formatMailbox(mailbox)).toBe(written);
  });

  it('splits a long name between characters, in words that a header takes', () => {
    const name = '🎁é'.repeat(30);

    const words = formatMailbox({ name, address: 'a@b.co' }).replace(' <a@b.co>', '').split(' ');

    const decoded = words.map((word) =>
      Buffer.from(word.slice('=?UTF-8?B?'.length, -2), 'base64').toString(),
    );
    expect(decoded.join('')).toBe(name);
    for (const word of words) expect(word.length).toBeLessThanOrEqual(75);
  });
});
