import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Mail, Mailbox, MailWithEvents } from './mailbox.ts';
import { listPage, mailPage, notFoundPage } from './page.ts';
import { style } from './style.ts';

interface Visitor {
  readonly ipAddress: string;
  readonly userAgent: string;
}

/** What the inbox shows, and whom it tells of what a reader does. */
interface InboxOptions {
  readonly port: number;
  readonly mailbox: Mailbox;
  opened(mail: Mail, visitor: Visitor): void;
  clicked(mail: Mail, visitor: Visitor, link: Mail['links'][number]): void;
  bounce(mail: Mail): void;
  complain(mail: Mail): void;
}

interface Reply {
  readonly status?: number;
  readonly type?: string;
  readonly location?: string;
  readonly policy?: string;
  readonly body?: string | Buffer;
}

const PAGE_SIZE = 50;
const PAGE_POLICY =
  "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'";
/** A mail may show pictures and styles, and runs nothing, here as with its readers. */
const MAIL_POLICY =
  "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src * data:; style-src 'unsafe-inline'; font-src *";
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

/**
 * Serves the inbox: pages for people, JSON for tests, and the pixel and links of tracked mails.
 *
 * - `GET /api/messages?to=&q=&limit=&after=` lists the latest first; `after` takes the `next` of the page before
 * - `GET /api/messages/:id` is one mail, with all that came of it
 * - `POST /api/messages/:id/bounce`, `…/complaint` and `…/unsubscribe` act on it
 */
export async function startInbox(o: InboxOptions): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    try {
      send(response, await answer(request, o));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      send(response, { status: 500, type: 'text/plain; charset=utf-8', body: message });
    }
  });
  await new Promise<void>((done, failed) => {
    server.once('error', failed);
    server.listen(o.port, '127.0.0.1', done);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : o.port;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

async function answer(request: IncomingMessage, o: InboxOptions): Promise<Reply> {
  const url = new URL(request.url ?? '/', 'http://inbox');
  const [area = '', ...rest] = url.pathname.slice(1).split('/').map(decodeURIComponent);
  if (request.method === 'POST') {
    // Another site's page must not press these buttons.
    if (request.headers['sec-fetch-site'] === 'cross-site') return { status: 403 };
    return area === 'api' ? actByApi(rest, o) : actByPage([area, ...rest], o);
  }
  if (request.method !== 'GET') return { status: 405 };
  if (area === '') return list(url.searchParams, o);
  if (area === 'style.css') return { type: 'text/css; charset=utf-8', body: style };
  if (area === 'api') return readByApi(rest, url.searchParams, o);
  const found = o.mailbox.find(rest[0] ?? '');
  if (found === undefined) return page(notFoundPage(), 404);
  if (area === 'messages') return showMail(found, rest[1], url.searchParams);
  if (area === 'open') {
    o.opened(found.mail, visitorOf(request));
    return { type: 'image/gif', body: PIXEL };
  }
  const link = area === 'click' ? found.mail.links[Number(rest[1])] : undefined;
  if (link === undefined) return page(notFoundPage(), 404);
  o.clicked(found.mail, visitorOf(request), link);
  return { status: 302, location: link.url };
}

function list(query: URLSearchParams, { mailbox }: InboxOptions): Reply {
  const text = query.get('q') ?? '';
  const found = mailbox.search({ text, limit: PAGE_SIZE + 1, ...afterOf(query) });
  const mails = found.slice(0, PAGE_SIZE);
  return page(listPage({ mails, query: text, next: found.length > PAGE_SIZE ? mails.at(-1)?.n : undefined }));
}

function showMail(found: MailWithEvents, part: string | undefined, query: URLSearchParams): Reply {
  if (part === undefined) {
    const notice = query.get('notice') ?? undefined;
    return page(mailPage(found, { unsubscribe: oneClickUrl(found.mail), notice }));
  }
  if (part !== 'html' || found.mail.html === undefined) return page(notFoundPage(), 404);
  const body = `<base target="_blank">${found.mail.html}`;
  return { type: 'text/html; charset=utf-8', policy: MAIL_POLICY, body };
}

function readByApi([kind, id]: readonly string[], query: URLSearchParams, { mailbox }: InboxOptions): Reply {
  if (kind !== 'messages') return json({ message: 'not found' }, 404);
  if (id !== undefined) {
    const found = mailbox.find(id);
    return found === undefined ? json({ message: 'not found' }, 404) : json(whole(found));
  }
  const limit = Math.min(Math.max(Number(query.get('limit')) || PAGE_SIZE, 1), 1000);
  const to = query.get('to') ?? '';
  const found = mailbox.search({ to, text: query.get('q') ?? '', limit: limit + 1, ...afterOf(query) });
  const mails = found.slice(0, limit);
  return json({ messages: mails.map(whole), ...(found.length > limit && { next: String(mails.at(-1)?.n) }) });
}

async function actByApi([kind, id = '', action = '']: readonly string[], o: InboxOptions): Promise<Reply> {
  const found = kind === 'messages' ? o.mailbox.find(id) : undefined;
  const notice = found && (await act(found.mail, action, o));
  if (notice === undefined) return json({ message: 'not found' }, 404);
  return json({ message: notice });
}

async function actByPage([area, id = '', action = '']: readonly string[], o: InboxOptions): Promise<Reply> {
  const found = area === 'messages' ? o.mailbox.find(id) : undefined;
  const notice = found && (await act(found.mail, action, o));
  if (notice === undefined) return page(notFoundPage(), 404);
  return { status: 303, location: `/messages/${id}?${new URLSearchParams({ notice })}` };
}

/** Does what a button says and tells what came of it; `undefined` for a button that is not there. */
async function act(mail: Mail, action: string, o: InboxOptions): Promise<string | undefined> {
  if (action === 'bounce') {
    o.bounce(mail);
    return 'The mail has bounced.';
  }
  if (action === 'complaint') {
    o.complain(mail);
    return 'The recipient has complained.';
  }
  const url = action === 'unsubscribe' ? oneClickUrl(mail) : undefined;
  if (url === undefined) return undefined;
  // As the mailbox provider does when its user presses the button: https://www.rfc-editor.org/rfc/rfc8058
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const reply = await fetch(url, { method: 'POST', headers, body: 'List-Unsubscribe=One-Click' });
  return reply.ok ? 'The recipient has unsubscribed.' : `The unsubscribe link answered ${reply.status}.`;
}

/** Where one click unsubscribes, for a mail that offers it. */
function oneClickUrl(mail: Mail): string | undefined {
  const header = (name: string) => mail.headers.find((h) => h.name.toLowerCase() === name)?.value;
  if (header('list-unsubscribe-post') !== 'List-Unsubscribe=One-Click') return undefined;
  return /<(https?:\/\/[^>]+)>/.exec(header('list-unsubscribe') ?? '')?.[1];
}

function whole({ mail, events }: MailWithEvents): object {
  const { links, ...shown } = mail;
  return {
    ...shown,
    at: new Date(mail.at).toISOString(),
    events: events.map(({ type, at, detail }) => ({ type, at: new Date(at).toISOString(), detail })),
  };
}

function afterOf(query: URLSearchParams): { after?: number } {
  const after = Number(query.get('after'));
  return after > 0 ? { after } : {};
}

const visitorOf = (request: IncomingMessage): Visitor => ({
  ipAddress: request.socket.remoteAddress ?? '127.0.0.1',
  userAgent: request.headers['user-agent'] ?? '',
});

const page = (body: string, status = 200): Reply => ({ status, type: 'text/html; charset=utf-8', body });
const json = (body: object, status = 200): Reply => ({
  status,
  type: 'application/json',
  body: JSON.stringify(body),
});

function send(response: ServerResponse, { status = 200, type, location, policy, body }: Reply): void {
  response.writeHead(status, {
    'cache-control': 'no-store',
    'content-security-policy': policy ?? PAGE_POLICY,
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    ...(type !== undefined && { 'content-type': type }),
    ...(location !== undefined && { location }),
  });
  response.end(body);
}
