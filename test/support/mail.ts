import * as z from 'zod';
import type { StackProcess } from './stack-process.ts';

const Message = z.object({
  id: z.string(),
  to: z.array(z.string()),
  subject: z.string(),
  html: z.string().default(''),
  headers: z.array(z.object({ name: z.string(), value: z.string() })),
  tags: z.record(z.string(), z.array(z.string())),
});
export type Message = z.infer<typeof Message>;
const Page = z.object({ messages: z.array(Message), next: z.string().optional() });

/** Every mail that was sent, latest first. */
export async function readMail({ urls }: Pick<StackProcess, 'urls'>): Promise<readonly Message[]> {
  const all: Message[] = [];
  for (let after = ''; ; ) {
    const response = await fetch(`${urls.mail}/api/messages?limit=1000${after}`);
    const { messages, next } = Page.parse(await response.json());
    all.push(...messages);
    if (next === undefined) return all;
    after = `&after=${next}`;
  }
}

/** The only mail to an address. @throws when there is none, or more. */
export function mailTo(messages: readonly Message[], address: string): Message {
  const [mail, another] = messages.filter(({ to }) => to.includes(address));
  if (mail === undefined || another !== undefined) throw new Error(`not one mail went to ${address}`);
  return mail;
}

/** What a reader's mail program does when a mail is opened, or a link in it followed. */
export async function follow({ html }: Message, kind: 'open' | 'click'): Promise<Response> {
  const [, url] = new RegExp(`"(http://127[^"]+/${kind}/[^"]+)"`).exec(html) ?? [];
  if (url === undefined) throw new Error(`the mail has nothing to ${kind}`);
  return fetch(url.replaceAll('&amp;', '&'), { redirect: 'manual' });
}

/** A press on the mail program's own unsubscribe button: https://www.rfc-editor.org/rfc/rfc8058 */
export async function pressUnsubscribe({ headers }: Message): Promise<Response> {
  const header = (wanted: string) => headers.find(({ name }) => name.toLowerCase() === wanted)?.value ?? '';
  const [, url = ''] = /<(https?:[^>]+)>/.exec(header('list-unsubscribe')) ?? [];
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: header('list-unsubscribe-post'),
  });
}
