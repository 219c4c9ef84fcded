import { type Random, seededRandom } from '#demo/random.ts';
import { emailAs, type Noise, phoneAs } from './mistakes.ts';

/** What one channel wrote down of a customer. */
export interface CustomerRecord {
  /** Which of the people it is of: what no one is told, and results are compared with. */
  readonly person: number;
  /** Whom they live with. */
  readonly household: number;
  readonly channel: Channel;
  readonly userId?: string;
  readonly loyaltyCard?: string;
  readonly email?: Written;
  readonly phone?: Written;
}

/** A value as it was written, and how that differs from the person's own first one. */
export interface Written {
  readonly text: string;
  readonly noise: Noise;
}

const CHANNELS = ['site', 'app', 'shop', 'call centre', 'newsletter', 'import'] as const;
export type Channel = (typeof CHANNELS)[number];

/** How often a channel has each field at all, and how often people or clerks mistype it there. */
const HABITS: Readonly<
  Record<Channel, { userId: number; card: number; email: number; phone: number; typo: number }>
> = {
  site: { userId: 1, card: 0.1, email: 1, phone: 0.5, typo: 0.02 },
  app: { userId: 1, card: 0.3, email: 0.9, phone: 0.3, typo: 0.01 },
  shop: { userId: 0, card: 0.7, email: 0.4, phone: 0.5, typo: 0.05 },
  'call centre': { userId: 0, card: 0.2, email: 0.5, phone: 0.95, typo: 0.06 },
  newsletter: { userId: 0, card: 0, email: 1, phone: 0, typo: 0.03 },
  import: { userId: 0, card: 0.2, email: 0.8, phone: 0.7, typo: 0.02 },
};

export interface DuplicatesOptions {
  /** @default 1 */
  readonly seed?: number;
  /** @default 3000 */
  readonly people?: number;
}

interface Person {
  readonly number: number;
  readonly household: number;
  readonly hasAccount: boolean;
  readonly card: string;
  /** Their own addresses, the one they have now last. */
  readonly emails: readonly [string, ...string[]];
  readonly phones: readonly [string, ...string[]];
  /** Of those they live with. */
  readonly sharedEmail: string | undefined;
  readonly sharedPhone: string | undefined;
}

const IN_HOUSEHOLDS = 0.3;
const SHARES_EMAIL = 0.25;
const SHARES_PHONE = 0.6;
/** How often somebody gives the household's address, where there is one. */
const GIVES_SHARED = 0.3;
const CHANGED_EMAIL = 0.15;
const CHANGED_PHONE = 0.1;

/**
 * Customers as a retailer's systems have them: each person in one to five records of several channels,
 * with the mistakes and changes that make them hard to put together. The same for the same options.
 */
export function customerRecords({
  seed = 1,
  people = 3_000,
}: DuplicatesOptions = {}): readonly CustomerRecord[] {
  const random = seededRandom(seed);
  const everybody = households(people, random);
  const records = everybody.flatMap((person) =>
    Array.from({ length: random.integer(1, 5) }, () => recordOf(person, random)),
  );
  // what names nobody is no record of anybody
  return shuffled(records.filter(namesSomebody), random);
}

const namesSomebody = ({ userId, loyaltyCard, email, phone }: CustomerRecord): boolean =>
  [userId, loyaltyCard, email, phone].some((value) => value !== undefined);

function households(people: number, random: Random): readonly Person[] {
  const everybody: Person[] = [];
  while (everybody.length < people) {
    const size = random.chance(IN_HOUSEHOLDS / 2.5) ? random.integer(2, 4) : 1;
    const home = everybody.length;
    const sharedEmail = size > 1 && random.chance(SHARES_EMAIL) ? `family.${home}@orange.example` : undefined;
    const sharedPhone = size > 1 && random.chance(SHARES_PHONE) ? phoneNumber('1', home) : undefined;
    for (let member = 0; member < size; member++) {
      everybody.push(personOf(everybody.length, { household: home, sharedEmail, sharedPhone, random }));
    }
  }
  return everybody;
}

const FIRST = ['ada', 'grace', 'alan', 'edsger', 'barbara', 'donald', 'frances', 'john'] as const;
const LAST = ['martin', 'bernard', 'petit', 'robert', 'durand', 'moreau', 'simon', 'laurent'] as const;
const PROVIDERS = ['gmail.com', 'gmail.com', 'orange.example', 'web.example', 'mail.example'] as const;

function personOf(
  number: number,
  {
    household,
    sharedEmail,
    sharedPhone,
    random,
  }: Pick<Person, 'household' | 'sharedEmail' | 'sharedPhone'> & { readonly random: Random },
): Person {
  const email = (suffix: string): string =>
    `${random.pick(FIRST)}.${random.pick(LAST)}${number}${suffix}@${random.pick(PROVIDERS)}`;
  const first = email('');
  const firstPhone = phoneNumber('6', number);
  return {
    number,
    household,
    hasAccount: random.chance(0.7),
    card: String(2_900_000_000_000 + number * 37),
    emails: random.chance(CHANGED_EMAIL) ? [first, email('.new')] : [first],
    phones: random.chance(CHANGED_PHONE) ? [firstPhone, phoneNumber('7', number)] : [firstPhone],
    sharedEmail,
    sharedPhone,
  };
}

/** A French number as E.164: mobile where it begins with 6 or 7, of a house where with 1. */
const phoneNumber = (leading: string, number: number): string =>
  `+33${leading}${String(40_000_000 + number * 41).padStart(8, '0')}`;

function recordOf(person: Person, random: Random): CustomerRecord {
  const channel = random.pick(CHANNELS);
  const habits = HABITS[channel];
  const email = random.chance(habits.email)
    ? given(person.emails, person.sharedEmail, { random, write: (own) => emailAs(own, habits.typo, random) })
    : undefined;
  const phone = random.chance(habits.phone)
    ? given(person.phones, person.sharedPhone, { random, write: (own) => phoneAs(own, habits.typo, random) })
    : undefined;
  return {
    person: person.number,
    household: person.household,
    channel,
    ...(person.hasAccount && random.chance(habits.userId) && { userId: `user-${person.number}` }),
    ...(random.chance(habits.card) && { loyaltyCard: person.card }),
    ...(email !== undefined && { email }),
    ...(phone !== undefined && { phone }),
  };
}

/** Which of their addresses somebody gives, and how it comes to be written. */
function given(
  own: readonly [string, ...string[]],
  shared: string | undefined,
  { random, write }: { readonly random: Random; readonly write: (value: string) => Written },
): Written {
  if (shared !== undefined && random.chance(GIVES_SHARED)) return { text: shared, noise: 'shared' };
  const value = random.pick(own);
  const written = write(value);
  return value === own[0] ? written : { text: written.text, noise: 'changed' };
}

function shuffled<T>(items: readonly T[], random: Random): readonly T[] {
  const mixed = [...items];
  for (let at = mixed.length - 1; at > 0; at--) {
    const other = random.integer(0, at);
    const [a, b] = [mixed[at], mixed[other]];
    if (a === undefined || b === undefined) continue;
    mixed[at] = b;
    mixed[other] = a;
  }
  return mixed;
}
