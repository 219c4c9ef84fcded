import { html, type Markup } from './html.ts';
import type { EventType, MailEvent, MailWithEvents } from './mailbox.ts';

const LABELS: Readonly<Record<EventType, string>> = {
  Send: 'Sent',
  Delivery: 'Delivered',
  Open: 'Opened',
  Click: 'Clicked',
  Bounce: 'Bounced',
  Complaint: 'Complained',
};
/** What a mail is marked with in the list: the last of these that came of it. */
const MARKS: readonly EventType[] = ['Send', 'Delivery', 'Open', 'Click', 'Bounce', 'Complaint'];

/** The list of mails, the latest first. */
export function listPage(o: {
  mails: readonly MailWithEvents[];
  query: string;
  next: number | undefined;
}): string {
  const rows = o.mails.map(({ mail, events }) => {
    const types = new Set(events.map((event) => event.type));
    const mark = MARKS.findLast((type) => types.has(type)) ?? 'Send';
    return html`<li><a class="mail" href="/messages/${mail.id}">
      <span class="who">${[...mail.to, ...mail.cc, ...mail.bcc].join(', ')}</span>
      <span class="mark ${mark}">${LABELS[mark]}</span>
      <span class="subject">${mail.subject || '(no subject)'}</span>
      ${time(mail.at)}
    </a></li>`;
  });
  const older = new URLSearchParams({ q: o.query, after: String(o.next ?? '') });
  return page(
    'Inbox',
    html`<header><h1>Inbox</h1><p>Every mail that this machine would have sent.</p></header>
    <form class="search" role="search">
      <label for="q">Recipient or subject</label>
      <div><input id="q" type="search" name="q" value="${o.query}"><button>Search</button></div>
    </form>
    <main>${
      rows.length === 0
        ? html`<p class="empty">${o.query ? 'No mail matches.' : 'No mail yet.'}</p>`
        : html`<ul class="mails">${rows}</ul>`
    }</main>
    ${o.next !== undefined && html`<nav><a href="/?${older.toString()}">Older mail</a></nav>`}`,
  );
}

/** One mail: how it looks, its text and headers, and what came of it. */
export function mailPage(
  { mail, events }: MailWithEvents,
  o: { unsubscribe: string | undefined; notice: string | undefined },
): string {
  const act = (action: string, label: string) =>
    html`<form method="post" action="/messages/${mail.id}/${action}"><button>${label}</button></form>`;
  return page(
    mail.subject,
    html`<nav><a href="/">← Inbox</a></nav>
    <main>
      <header>
        <h1>${mail.subject || '(no subject)'}</h1>
        <dl class="envelope">
          <dt>From</dt><dd>${mail.from}</dd>
          <dt>To</dt><dd>${[...mail.to, ...mail.cc, ...mail.bcc].join(', ')}</dd>
          <dt>Sent</dt><dd>${time(mail.at)}</dd>
        </dl>
      </header>
      ${o.notice !== undefined && html`<p class="notice" role="status">${o.notice}</p>`}
      <div class="actions">
        ${o.unsubscribe !== undefined && act('unsubscribe', 'Unsubscribe in one click')}
        ${act('bounce', 'Simulate a bounce')}
        ${act('complaint', 'Simulate a complaint')}
      </div>
      ${
        mail.html !== undefined &&
        html`<iframe title="The mail as its recipient sees it" src="/messages/${mail.id}/html"
          sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>`
      }
      ${mail.text !== undefined && section('Text', html`<pre>${mail.text}</pre>`, mail.html === undefined)}
      ${section(
        'What came of it',
        html`<ol class="events">${events.map(
          (event) =>
            html`<li><span class="mark ${event.type}">${LABELS[event.type]}</span> ${time(event.at)} ${about(event)}</li>`,
        )}</ol><p><a href="/messages/${mail.id}">Look again</a></p>`,
        true,
      )}
      ${section('Headers', pairs(mail.headers.map(({ name, value }) => [name, value])))}
      ${section('Tags', pairs(Object.entries(mail.tags).map(([name, values]) => [name, values.join(', ')])))}
    </main>`,
  );
}

export const notFoundPage = (): string =>
  page('Not found', html`<nav><a href="/">← Inbox</a></nav><main><h1>Nothing here</h1></main>`);

const section = (title: string, body: Markup, open = false): Markup =>
  html`<details ${open && html`open`}><summary>${title}</summary>${body}</details>`;

const pairs = (entries: readonly (readonly [string, string])[]): Markup =>
  html`<dl>${entries.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;

function time(at: number): Markup {
  const iso = new Date(at).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 19).replace('T', ' ')} UTC</time>`;
}

function about({ type, detail }: MailEvent): string | undefined {
  if (type === 'Click') return String(detail.link);
  if (type === 'Bounce') return `${String(detail.bounceType)}, ${String(detail.bounceSubType)}`;
  return undefined;
}

function page(title: string, body: Markup): string {
  return html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>${title}</title>
  <link rel="stylesheet" href="/style.css">
</head>
<body>${body}</body>
</html>
`.markup;
}
