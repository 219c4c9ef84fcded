import type { Random } from '#demo/random.ts';
import type { Written } from './duplicates.ts';

/**
 * How a value was written:
 * - `same`: as the person themselves would;
 * - `form`: another form of it, which stands for the same everywhere: letter case, spaces, a number as at home;
 * - `provider`: another spelling that only its provider takes for the same: dots and tags of Gmail;
 * - `typo`: wrong;
 * - `changed`: right, and another one than the person had first;
 * - `shared`: that of the household.
 */
export const NOISES = ['same', 'form', 'provider', 'typo', 'changed', 'shared'] as const;
export type Noise = (typeof NOISES)[number];

const OTHER_FORM = 0.25;
const PROVIDER_FORM = 0.12;

/** An e-mail address as somebody comes to write it. */
export function emailAs(email: string, typo: number, random: Random): Written {
  if (random.chance(typo)) return { text: mistyped(email, random), noise: 'typo' };
  const isGmail = email.endsWith('@gmail.com');
  if (isGmail && random.chance(PROVIDER_FORM)) {
    const [name = '', domain = ''] = email.split('@');
    const text = random.chance(0.5) ? `${name}+shop@${domain}` : `${name.replaceAll('.', '')}@${domain}`;
    return { text, noise: 'provider' };
  }
  if (!random.chance(OTHER_FORM)) return { text: email, noise: 'same' };
  const text = random.pick([email.toUpperCase(), capitalised(email), ` ${email} `]);
  return { text, noise: 'form' };
}

/** A French number as somebody comes to write it. */
export function phoneAs(phone: string, typo: number, random: Random): Written {
  const national = `0${phone.slice(3)}`;
  const pairs = national.replace(/(..)(?=.)/g, '$1 ');
  const forms = [
    national,
    pairs,
    pairs.replaceAll(' ', '.'),
    `0033${phone.slice(3)}`,
    `+33 (0)${phone.slice(3)}`,
  ];
  if (random.chance(typo)) return { text: otherDigit(phone, random), noise: 'typo' };
  if (random.chance(0.4)) return { text: phone, noise: 'same' };
  return { text: forms[random.integer(0, forms.length - 1)] ?? phone, noise: 'form' };
}

const capitalised = (text: string): string =>
  text.replace(/(^|[.@])([a-z])/g, (_, before, letter) => before + letter.toUpperCase());

/** Two letters swapped, one left out, one twice, or a domain that is nearly right. */
function mistyped(email: string, random: Random): string {
  const at = random.integer(0, email.indexOf('@') - 2);
  const [before, a = '', b = '', after] = [email.slice(0, at), email[at], email[at + 1], email.slice(at + 2)];
  return random.pick([
    `${before}${b}${a}${after}`,
    `${before}${b}${after}`,
    `${before}${a}${a}${b}${after}`,
    email.replace(/@(.)(.)/, '@$2$1'),
  ]);
}

function otherDigit(phone: string, random: Random): string {
  const at = random.integer(5, phone.length - 1);
  const digit = (Number(phone[at]) + random.integer(1, 9)) % 10;
  return `${phone.slice(0, at)}${digit}${phone.slice(at + 1)}`;
}
