import { utf8Bytes } from '#shared/kernel/utf8-bytes.ts';

/** RFC 5321, 4.5.3.1: octets of what stands before the @, and of the whole between its angle brackets. */
const MAX_LOCAL = 64;
const MAX_ADDRESS = 254;

/** What a mailbox is written with in practice: no blanks, quotes, comments or brackets. */
const LOCAL = /^[^\s@"(),:;<>[\]\\\p{Cc}\p{Cs}]+$/u;
const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})$/;
const PLAIN = /^[a-z0-9.-]+$/;

/**
 * An address in the form that is compared: trimmed, in lower case and Unicode NFC (RFC 6532), its
 * domain in ASCII (UTS 46, as browsers do). `undefined` for what is no address.
 *
 * Dots and tags before the @ are the provider's own matter, and kept unless `providerRules` ask for
 * what providers publish of theirs.
 */
export function normalEmail(text: string, { providerRules = false } = {}): string | undefined {
  const trimmed = text.trim();
  // Whatever characters it has, an address of more is none
  if (trimmed.length > MAX_ADDRESS) return undefined;
  const at = trimmed.lastIndexOf('@');
  const local = trimmed.slice(0, Math.max(at, 0)).toLowerCase().normalize('NFC');
  if (!LOCAL.test(local) || utf8Bytes(local) > MAX_LOCAL) return undefined;
  const domain = asciiDomain(trimmed.slice(at + 1).toLowerCase());
  if (domain === undefined || utf8Bytes(local) + 1 + domain.length > MAX_ADDRESS) return undefined;
  return providerRules ? providerForm(local, domain) : `${local}@${domain}`;
}

function asciiDomain(domain: string): string | undefined {
  // What would end a URL's host must not get that far
  const host = PLAIN.test(domain) || /[\s/?#%:@\\[\]]/.test(domain) ? domain : hostOf(domain);
  return DOMAIN.test(host) ? host : undefined;
}

/** As it is where it is no host, which is no domain either. */
const hostOf = (domain: string): string =>
  URL.canParse(`http://${domain}`) ? new URL(`http://${domain}`).hostname : domain;

/** Providers of which one mailbox has many spellings, by what they say themselves. */
interface Provider {
  readonly domain: string;
  readonly ignoresDots?: boolean;
}

const GMAIL: Provider = { domain: 'gmail.com', ignoresDots: true };
/** Each ignores what follows a `+`, as RFC 5233 calls a detail. Gmail's dots: https://support.google.com/mail/answer/7436150 */
const PROVIDERS: ReadonlyMap<string, Provider> = new Map([
  ['gmail.com', GMAIL],
  ['googlemail.com', GMAIL],
  ...['outlook.com', 'hotmail.com', 'live.com', 'icloud.com', 'me.com', 'fastmail.com', 'proton.me'].map(
    (domain) => [domain, { domain }] as const,
  ),
]);

function providerForm(local: string, domain: string): string {
  const provider = PROVIDERS.get(domain);
  if (provider === undefined) return `${local}@${domain}`;
  const untagged = local.replace(/(?<=.)\+.*/s, '');
  const mailbox = provider.ignoresDots === true ? withoutDots(untagged) : untagged;
  return `${mailbox === '' ? local : mailbox}@${provider.domain}`;
}

/** In NFC again: what stood after a dot may compose with what stood before it. */
const withoutDots = (local: string): string => local.replaceAll('.', '').normalize('NFC');
