import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '#shared/events/limits.ts';
import { brokenLimit, type Holder } from '#shared/identity/broken-limit.ts';

const two = { limitOf: () => 2 };
const unlimited = { limitOf: () => 10_000 };

/** Somebody who has the first of these, and is about to get the others. */
const holder = (keys: readonly string[], claims: readonly string[] = []): Holder => ({
  identifiers: Object.fromEntries(keys.map((key) => [key, true])),
  claims,
});

const emails = (...names: string[]): string[] => names.map((name) => `email#${name}`);

/** So many bytes of identifiers. */
const ofBytes = (bytes: number, name = 'a'): string[] => {
  const key = (n: number) =>
    `anonymousId#${name}${String(n).padStart(4, '0')}`.padEnd(100 - LIMITS.identifierOverhead, 'x');
  const whole = Array.from({ length: Math.floor(bytes / 100) - 1 }, (_, n) => key(n));
  return [...whole, `${key(9_999)}${'y'.repeat(bytes % 100)}`];
};

describe('brokenLimit', () => {
  it.each([
    { name: 'as many as there may be', people: [emails('a')], more: emails('b'), broken: undefined },
    { name: 'one more', people: [emails('a', 'b')], more: emails('c'), broken: 'limit' },
    { name: 'one that is theirs', people: [emails('a', 'b')], more: emails('b'), broken: undefined },
    { name: 'of nobody yet', people: [], more: emails('a', 'b', 'c'), broken: 'limit' },
    { name: 'two people', people: [emails('a'), emails('b', 'c')], more: [], broken: 'limit' },
    {
      name: 'two people who share one',
      people: [emails('a', 'b'), emails('b')],
      more: [],
      broken: undefined,
    },
    { name: 'of two types', people: [emails('a', 'b')], more: ['phone#1', 'phone#2'], broken: undefined },
    { name: 'too many already', people: [emails('a', 'b', 'c')], more: ['phone#1'], broken: undefined },
    {
      name: 'too many already, and one more',
      people: [emails('a', 'b', 'c')],
      more: emails('d'),
      broken: 'limit',
    },
    {
      name: 'too many already, and more of another type',
      people: [[...emails('a', 'b', 'c'), 'phone#1', 'phone#2']],
      more: ['phone#3'],
      broken: 'limit',
    },
  ])('of $name is $broken', ({ people, more, broken }) => {
    expect(
      brokenLimit(
        people.map((keys) => holder(keys)),
        more,
        two,
      ),
    ).toBe(broken);
  });

  it('tells types apart of which one begins with the other', () => {
    const cards = ['externalId:card#1', 'externalId:card#2', 'externalId:cards#1'];

    expect(brokenLimit([holder(cards)], ['externalId:cards#2'], two)).toBeUndefined();
    expect(brokenLimit([holder(cards)], ['externalId:card#3'], two)).toBe('limit');
    expect(brokenLimit([], [...cards, 'externalId:cards#2'], two)).toBeUndefined();
  });

  it('counts what many short ones take besides their letters', () => {
    const each = 'email#0000'.length + LIMITS.identifierOverhead;
    const short = Array.from(
      { length: Math.floor(LIMITS.identifierBytes / each) + 1 },
      (_, n) => `email#${String(n).padStart(4, '0')}`,
    );

    expect(brokenLimit([], short.slice(1), unlimited)).toBeUndefined();
    expect(brokenLimit([], short, unlimited)).toBe('too_large');
  });

  const full = ofBytes(LIMITS.identifierBytes);

  it('leaves room for exactly as many bytes as are stored', () => {
    expect(brokenLimit([holder(full.slice(1))], full.slice(0, 1), unlimited)).toBeUndefined();
    expect(brokenLimit([holder(full)], ['userId#u'], unlimited)).toBe('too_large');
    expect(brokenLimit([holder(full)], full.slice(0, 1), unlimited)).toBeUndefined();
  });

  it('holds what is too large already against nobody, unless it grows', () => {
    const large = ofBytes(LIMITS.identifierBytes + 1);

    expect(brokenLimit([holder(large)], large.slice(0, 1), unlimited)).toBeUndefined();
    expect(brokenLimit([holder(large)], ['userId#u'], unlimited)).toBe('too_large');
    expect(brokenLimit([holder(large), holder(large.slice(0, 1))], [], unlimited)).toBeUndefined();
  });

  it('takes what fits exactly of somebody who has too many of another type', () => {
    const many = emails('a', 'b', 'c');
    const [room, ...rest] = ofBytes(
      LIMITS.identifierBytes - many.join('').length - many.length * LIMITS.identifierOverhead,
    );

    expect(
      brokenLimit([holder([...many, ...rest])], [room ?? ''], {
        limitOf: (type) => (type === 'email' ? 2 : 10_000),
      }),
    ).toBe(undefined);
  });

  it('holds nothing against a small one who joins one who is too large already, while nothing grows', () => {
    const large = ofBytes(LIMITS.identifierBytes + 1);

    expect(brokenLimit([holder(large.slice(0, 1)), holder(large)], [], unlimited)).toBeUndefined();
  });

  it.each([
    ['é', 2],
    ['"', 2],
    ['\\', 2],
    ['\n', 2],
    ['\u0001', 6],
    ['€', 3],
  ])('counts bytes as JSON, not characters: %j has %i', (character, bytes) => {
    const room = LIMITS.identifierBytes - LIMITS.identifierOverhead - 'email#'.length;
    const key = (count: number) => `email#${character.repeat(count)}`;

    expect(brokenLimit([], [key(Math.floor(room / bytes))], unlimited)).toBeUndefined();
    expect(brokenLimit([], [key(Math.floor(room / bytes) + 1)], unlimited)).toBe('too_large');
  });

  it('says of any people what a count of all of their keys says', () => {
    const keys = fc.uniqueArray(
      fc.constantFrom(...emails('a', 'b', 'c', 'd'), 'phone#1', 'phone#2', 'phone#3'),
    );
    const count = (all: readonly string[], type: string): number =>
      [...new Set(all)].filter((key) => key.startsWith(type)).length;

    fc.assert(
      fc.property(fc.array(fc.tuple(keys, keys), { maxLength: 3 }), keys, (people, more) => {
        const each = people.map(([has, claims]) => [...has, ...claims]);
        const all = [...each.flat(), ...more];
        const broken = ['email', 'phone'].some(
          (type) => count(all, type) > 2 && each.every((one) => count(one, type) < count(all, type)),
        );

        const holders = people.map(([has, claims]) => holder(has, claims));

        expect(brokenLimit(holders, more, two)).toBe(broken ? 'limit' : undefined);
      }),
    );
  });
});
