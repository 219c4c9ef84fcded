import { describe, expect, it } from 'vitest';
import { LIMITS } from '#shared/events/limits.ts';
import { brokenLimit } from '#shared/identity/broken-limit.ts';

const two = { limitOf: () => 2 };
const unlimited = { limitOf: () => 10_000 };

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
    expect(brokenLimit(people, more, two)).toBe(broken);
  });

  const full = ofBytes(LIMITS.identifierBytes);

  it('leaves room for exactly as many bytes as are stored', () => {
    expect(brokenLimit([full.slice(1)], full.slice(0, 1), unlimited)).toBeUndefined();
    expect(brokenLimit([full], ['userId#u'], unlimited)).toBe('too_large');
    expect(brokenLimit([full], full.slice(0, 1), unlimited)).toBeUndefined();
  });

  it('holds what is too large already against nobody, unless it grows', () => {
    const large = ofBytes(LIMITS.identifierBytes + 1);

    expect(brokenLimit([large], large.slice(0, 1), unlimited)).toBeUndefined();
    expect(brokenLimit([large], ['userId#u'], unlimited)).toBe('too_large');
    expect(brokenLimit([large, large.slice(0, 1)], [], unlimited)).toBeUndefined();
  });

  it('takes what fits exactly of somebody who has too many of another type', () => {
    const many = emails('a', 'b', 'c');
    const [room, ...rest] = ofBytes(
      LIMITS.identifierBytes - many.join('').length - many.length * LIMITS.identifierOverhead,
    );

    expect(
      brokenLimit([[...many, ...rest]], [room ?? ''], { limitOf: (type) => (type === 'email' ? 2 : 10_000) }),
    ).toBe(undefined);
  });

  it('holds nothing against a small one who joins one who is too large already, while nothing grows', () => {
    const large = ofBytes(LIMITS.identifierBytes + 1);

    expect(brokenLimit([large.slice(0, 1), large], [], unlimited)).toBeUndefined();
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
});
