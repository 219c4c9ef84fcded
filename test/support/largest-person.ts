import { MAX_COMPUTED_BYTES } from '#shared/computed/most-bytes.ts';
import { Pid } from '#shared/events/event.ts';
import { LIMITS } from '#shared/events/limits.ts';
import { IDENTIFIER_LIMITS } from '#shared/identity/identifier.ts';
import { jsonBytes } from '#shared/kernel/utf8-bytes.ts';
import { MAX_EVENT_NAMES, type Person } from '#shared/profiles/activity.ts';
import { MARK_LIMIT } from '#shared/profiles/marks.ts';
import { REFUSAL_LIMIT } from '#shared/profiles/refusals.ts';
import { SEEN_LIMIT } from '#shared/profiles/seen.ts';
import { MAX_KEPT_WRITES } from '#shared/traits/trait-definition.ts';
import { person } from './person.ts';

/** Of a text that is as hard to compress as one can be: mostly printable ASCII, some that takes more bytes. */
const character = (): string => {
  const kind = Math.random();
  if (kind > 0.97) return String.fromCodePoint(0x800 + Math.floor(Math.random() * 0xc000));
  if (kind > 0.84) return String.fromCodePoint(0xa0 + Math.floor(Math.random() * 0x700));
  return String.fromCodePoint(0x21 + Math.floor(Math.random() * 94));
};

/** A text of so many bytes as JSON, random so that no compression makes much of it. */
export function text(bytes: number, next = character): string {
  let made = '';
  for (let left = bytes; left > 0; ) {
    const one = next();
    const size = jsonBytes(one);
    if (size > left) continue;
    made += one;
    left -= size;
  }
  return made;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const word = (length: number, from = ALPHABET): string =>
  text(length, () => from[Math.floor(Math.random() * from.length)] ?? 'A');
const plain = (length: number): string =>
  text(length, () => String.fromCodePoint(0x23 + Math.floor(Math.random() * 57)));

const now = 1_795_000_000_000;
const time = (): number => now - Math.floor(Math.random() * 1e11);
const stamp = () => ({
  at: time(),
  id: word(11),
  source: word(64, 'abcdefghijklmnopqrstuvwxyz0123456789-'),
  messageId: plain(LIMITS.messageIdLength),
});

const many = <T>(count: number, make: (index: number) => readonly [string, T]): Record<string, T> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => make(index)));

/** Keys that together have as many bytes as identifiers may, as many as of one kind are allowed. */
function identifiers(
  count: number,
  prefix: (index: number) => string,
): Record<string, ReturnType<typeof stamp>> {
  const each = Math.floor(LIMITS.identifierBytes / count) - LIMITS.identifierOverhead;
  const sources = Array.from({ length: 20 }, stamp);
  return many(count, (index) => {
    const key = prefix(index);
    // Somebody's events come from a few sources: each is a definition of the workspace
    const { source = '' } = sources[index % sources.length] ?? {};
    return [`${key}${text(each - key.length)}`, { ...stamp(), source }];
  });
}

/** The shape of a person's identifiers: few long ones or many short ones. */
export const LARGEST = {
  anonymous: () => identifiers(IDENTIFIER_LIMITS.anonymousId, () => 'anonymousId#'),
  short: () => identifiers(1_400, (index) => `externalId:${index}#`),
  long: () => identifiers(280, () => 'anonymousId#'),
} as const;

/** A person with as much of everything as the limits allow, and nothing in it that repeats. */
export function largestPerson(shape: keyof typeof LARGEST): Person {
  const written = (bytes: number) => ({ value: text(bytes), ...stamp() });
  const kept = Array.from({ length: MAX_KEPT_WRITES }, () => written(LIMITS.keptValueBytes - 2));
  const lists = Math.ceil(MAX_KEPT_WRITES / 51);
  const traits = {
    ...many(LIMITS.traitCount - lists, () => [text(LIMITS.traitNameBytes), written(LIMITS.traitBytes)]),
    ...many(lists, (index) => [text(LIMITS.traitNameBytes), kept.slice(index * 51, (index + 1) * 51)]),
  };
  const identified = LARGEST[shape]();
  const count = Object.keys(identified).length;
  return person(word(16), {
    profile: {
      createdAt: now,
      identifiers: identified,
      contacts: many(LIMITS.contactCount, () => [`email#${text(254)}`, stamp()]),
      traits,
      consents: many(LIMITS.consentCount, () => [
        `email/${word(50, 'abcdefghijklmnopqrstuvwxyz')}`,
        { status: 'granted', ...stamp() },
      ]),
      suppressed: many(LIMITS.suppressionCount, () => [
        `email#${text(254)}`,
        { reason: 'bounced', at: time() },
      ]),
      market: { value: text(50), at: time(), id: word(11) },
      brand: { value: text(50), at: time(), id: word(11) },
      absorbed: many(count, () => [Pid.parse(word(16)), time()]),
      refusals: Array.from({ length: REFUSAL_LIMIT }, () => ({
        identifier: `anonymousId#${text(LIMITS.idLength)}`,
        reason: 'legal_entity' as const,
        at: time(),
        messageId: plain(LIMITS.messageIdLength),
        other: Pid.parse(word(16)),
      })),
    },
    activity: {
      version: 1_000_000,
      profileVersion: 1_000_000,
      definitionsVersion: 1_000_000,
      firstSeenAt: now - 1e11,
      lastSeenAt: now,
      events: many(MAX_EVENT_NAMES, () => [
        text(LIMITS.nameLength),
        { count: 1_000_000, first: time(), last: now },
      ]),
      otherEvents: 1_000_000,
      sums: { total_spent: many(170, () => [word(3), '9'.repeat(20)]) },
      computed: many(20, (index) => [String(index), [[0, text(MAX_COMPUTED_BYTES / 20 - 12)]]]),
      segments: many(1_000, () => [word(64), time()]),
      marks: Array.from({ length: MARK_LIMIT }, () => [
        word(11),
        word(56, '0123456789'),
        word(56, '0123456789'),
      ]),
      seen: {
        ids: Array.from({ length: SEEN_LIMIT }, () => [time(), word(11)]),
        lowWater: [time(), word(11)],
      },
      recent: Array.from({ length: 5 }, () => [time(), text(LIMITS.nameLength), word(11)]),
      affirmed: Object.fromEntries(
        Object.entries(traits).map(([name, trait]) => [
          name,
          Array.from({ length: Array.isArray(trait) ? trait.length : 1 }, () => [time(), word(11)]),
        ]),
      ),
    },
  });
}
