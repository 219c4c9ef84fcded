import { gunzipSync } from 'node:zlib';
import * as z from 'zod';
import type { Seen } from '#test/support/faulty-proxy.ts';

const Message = z.looseObject({ messageId: z.string() });
const Body = z.union([z.looseObject({ batch: z.array(Message) }).transform(({ batch }) => batch), Message]);

/** The messages in a request as an SDK sent it, gzip or plain, one or a batch. */
export function messagesIn({ body }: Pick<Seen, 'body'>): readonly z.infer<typeof Message>[] {
  const plain = body[0] === 0x1f && body[1] === 0x8b ? gunzipSync(body) : body;
  return [Body.parse(JSON.parse(plain.toString('utf8')))].flat();
}

/** The ids of all messages in some requests, each once. */
export const idsIn = (requests: readonly Pick<Seen, 'body'>[]): ReadonlySet<string> =>
  new Set(requests.flatMap(messagesIn).map(({ messageId }) => messageId));
