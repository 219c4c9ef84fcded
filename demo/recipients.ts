import * as z from 'zod';

const Message = z.object({
  id: z.string(),
  to: z.array(z.string()),
  html: z.string().optional(),
});
const Page = z.object({ messages: z.array(Message), next: z.union([z.string(), z.number()]).optional() });
export type Message = z.infer<typeof Message>;

/** Who did what with their mail. */
export interface Reactions {
  readonly opened: readonly string[];
  readonly clicked: readonly string[];
  readonly unsubscribed: string | undefined;
  readonly bounced: string | undefined;
  readonly complained: string | undefined;
}

/** Every mail in the inbox. */
export async function readInbox(mailUrl: string): Promise<readonly Message[]> {
  const all: Message[] = [];
  for (let after = ''; ; ) {
    const response = await fetch(`${mailUrl}/api/messages?limit=100${after}`);
    const { messages, next } = Page.parse(await response.json());
    all.push(...messages);
    if (next === undefined || messages.length === 0) return all;
    after = `&after=${next}`;
  }
}

/**
 * Does with the mails what people do: six in ten open theirs, half of those follow the link, one
 * unsubscribes by the mail program's own button, one address turns out not to exist, one calls it spam.
 */
export async function react(messages: readonly Message[], mailUrl: string): Promise<Reactions> {
  const sorted = messages.toSorted((a, b) => (addressOf(a) < addressOf(b) ? -1 : 1));
  const [unsubscribing, bouncing, complaining, ...rest] = sorted;
  const opened = rest.filter((_, index) => index % 10 < 6);
  const clicked = opened.filter((_, index) => index % 2 === 0);
  for (const message of opened) await fetch(linkTo(message, mailUrl, 'open'));
  for (const message of clicked) await fetch(linkTo(message, mailUrl, 'click'), { redirect: 'manual' });
  await act(unsubscribing, 'unsubscribe', mailUrl);
  await act(bouncing, 'bounce', mailUrl);
  await act(complaining, 'complaint', mailUrl);
  return {
    opened: opened.map(addressOf),
    clicked: clicked.map(addressOf),
    unsubscribed: unsubscribing && addressOf(unsubscribing),
    bounced: bouncing && addressOf(bouncing),
    complained: complaining && addressOf(complaining),
  };
}

const addressOf = ({ to }: Message): string => to[0] ?? '';

function linkTo({ id, html = '' }: Message, mailUrl: string, kind: 'open' | 'click'): string {
  const [, path] = new RegExp(`"${mailUrl}(/${kind}/[^"]+)"`).exec(html) ?? [];
  if (path === undefined) throw new Error(`the mail ${id} has nothing to ${kind}`);
  return `${mailUrl}${path.replaceAll('&amp;', '&')}`;
}

async function act(message: Message | undefined, what: string, mailUrl: string): Promise<void> {
  if (message === undefined) return;
  const response = await fetch(`${mailUrl}/api/messages/${message.id}/${what}`, { method: 'POST' });
  if (!response.ok)
    throw new Error(`the inbox answered ${response.status} to ${what}: ${await response.text()}`);
}
