/** An address with the name that a mail client shows for it. */
export interface Mailbox {
  readonly name?: string;
  readonly address: string;
}

const ADDRESS =
  /^[^\s@"(),:;<>[\]\\]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?\.[A-Za-z0-9-]{2,}$/;
const NAMED = /^\s*(?:"(?<quoted>[^"\\\r\n]*)"|(?<bare>[^"<>\r\n]*?))\s*<(?<address>[^<>\s]+)>\s*$/;

/** Reads `shop@example.com` or `Shop <shop@example.com>`; `undefined` for what is neither. */
export function parseMailbox(text: string): Mailbox | undefined {
  if (ADDRESS.test(text)) return { address: text };
  const { quoted, bare, address } = NAMED.exec(text)?.groups ?? {};
  if (address === undefined || !ADDRESS.test(address)) return undefined;
  const name = (quoted ?? bare ?? '').trim();
  return name === '' ? { address } : { name, address };
}

const MAX_ENCODED_BYTES = 45;

/**
 * Writes a mailbox as a header carries it: a name in ASCII is quoted, any other becomes encoded words
 * of RFC 2047, which SES leaves to its callers.
 * https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html
 */
export function formatMailbox({ name, address }: Mailbox): string {
  if (name === undefined) return address;
  if (/^[\x20-\x7e]*$/.test(name)) return `"${name.replace(/["\\]/g, '')}" <${address}>`;
  return `${encodedWords(name).join(' ')} <${address}>`;
}

/** Splits between characters, never inside one: each word is decoded by itself, and may be 75 long. */
function encodedWords(text: string): string[] {
  const encoder = new TextEncoder();
  const words: string[] = [];
  let current = '';
  for (const character of text) {
    if (encoder.encode(current + character).length > MAX_ENCODED_BYTES) {
      words.push(current);
      current = '';
    }
    current += character;
  }
  return [...words, current].map((word) => `=?UTF-8?B?${base64(encoder.encode(word))}?=`);
}

const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));
