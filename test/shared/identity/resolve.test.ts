import { describe, expect, it } from 'vitest';
import { Pid } from '#shared/events/event.ts';
import { LIMITS } from '#shared/events/limits.ts';
import { type KnownPerson, resolve } from '#shared/identity/resolve.ts';

const person = (pid: string, createdAt: number, ...keys: string[]): KnownPerson => ({
  pid: Pid.parse(pid),
  createdAt,
  identifiers: Object.fromEntries(keys.map((key) => [key, {}])),
});
const among =
  (...people: KnownPerson[]) =>
  (key: string) =>
    people.find(({ identifiers }) => key in identifiers);

describe('resolve', () => {
  it('makes a new person of identifiers that nobody has', () => {
    const resolution = resolve(['userId#u', 'anonymousId#a'], among());

    expect(resolution).toMatchObject({ kind: 'new', refused: [] });
  });

  it('links the rest to the one person who has some', () => {
    const resolution = resolve(['userId#u', 'anonymousId#a'], among(person('p', 1, 'anonymousId#a')));

    expect(resolution).toMatchObject({ kind: 'one', pid: 'p', link: ['userId#u'] });
  });

  it('merges people into the oldest, and into the least pid of two as old', () => {
    const [old, young] = [person('z', 1, 'anonymousId#a'), person('a', 2, 'email#e')];
    const twin = person('b', 1, 'email#e');

    expect(resolve(['email#e', 'anonymousId#a'], among(old, young))).toMatchObject({
      kind: 'merge',
      people: [{ pid: 'z' }, { pid: 'a' }],
    });
    expect(resolve(['email#e', 'anonymousId#a'], among(old, twin))).toMatchObject({
      people: [{ pid: 'b' }, { pid: 'z' }],
    });
  });

  it.each([
    {
      name: 'a shared device: two known users stay two',
      said: ['userId#u2', 'anonymousId#a'],
      people: [person('p', 1, 'userId#u1', 'anonymousId#a')],
      expected: { kind: 'new', link: ['userId#u2'], refused: ['anonymousId#a'] },
    },
    {
      name: 'an e-mail of another known user',
      said: ['userId#u2', 'email#e'],
      people: [person('p', 1, 'userId#u1', 'email#e'), person('q', 2, 'userId#u2')],
      expected: { kind: 'one', pid: 'q', link: [], refused: ['email#e'] },
    },
    {
      name: 'a sixth e-mail',
      said: ['userId#u1', 'email#e6'],
      people: [person('p', 1, 'userId#u1', 'email#e1', 'email#e2', 'email#e3', 'email#e4', 'email#e5')],
      expected: { kind: 'one', pid: 'p', link: [], refused: ['email#e6'] },
    },
  ])('drops the weakest identifier over a limit: $name', ({ said, people, expected }) => {
    expect(resolve(said, among(...people))).toEqual(expected);
  });

  it('refuses an identifier that would make the person too large to store', () => {
    const long = Array.from(
      { length: 217 },
      (_, n) => `anonymousId#${String(n).padStart(3, '0')}${'x'.repeat(353)}`,
    );
    const large = person('p', 1, 'userId#u1', ...long);

    const resolution = resolve(['userId#u1', `anonymousId#${'y'.repeat(380)}`], among(large));

    expect(long.join('').length).toBeLessThan(LIMITS.identifierBytes);
    expect(resolve(['userId#u1', 'anonymousId#z'], among(large))).toMatchObject({ link: ['anonymousId#z'] });
    expect(resolution).toMatchObject({
      kind: 'one',
      pid: 'p',
      link: [],
      refused: [expect.stringMatching(/^anonymousId#y/)],
    });
  });

  it('drops no more than it must', () => {
    const known = person('p', 1, 'userId#u1', 'anonymousId#a');
    const resolution = resolve(['userId#u2', 'email#e', 'anonymousId#a'], among(known));

    expect(resolution.kind).toBe('new');
    expect(resolution.refused).toEqual(['anonymousId#a']);
  });
});
