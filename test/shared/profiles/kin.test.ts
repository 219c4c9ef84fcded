import { describe, expect, it } from 'vitest';
import { Pid } from '#shared/events/event.ts';
import type { Person } from '#shared/profiles/activity.ts';
import {
  findOwners,
  followParted,
  kinOf,
  mayHaveRow,
  rowsOfPerson,
  spillersOf,
} from '#shared/profiles/kin.ts';
import { person, stampedAt } from '#test/support/person.ts';

const pid = (text: string): Pid => Pid.parse(text);
const times = (pids: readonly string[]): Record<Pid, number> =>
  Object.fromEntries(pids.map((one) => [pid(one), 1]));

interface Said {
  readonly parted?: readonly string[];
  readonly absorbed?: readonly string[];
  readonly has?: readonly string[];
}

const someone = (name: string, { parted = [], absorbed = [], has = [] }: Said = {}): Person =>
  person(name, {
    profile: {
      parted: times(parted),
      absorbed: times(absorbed),
      entities: { main: 1 },
      identifiers: Object.fromEntries(has.map((key) => [key, stampedAt(1)])),
    },
  });

interface ReadOptions {
  readonly consistent?: boolean;
}

/** People as they are stored: whoever was absorbed leads to who absorbed them. A stale read finds nobody yet. */
function stored(...people: readonly Person[]) {
  const asked: string[] = [];
  return {
    asked,
    async findMany(pids: readonly Pid[], { consistent = false }: ReadOptions = {}) {
      asked.push(...pids);
      if (!consistent) return new Map<Pid, Person>();
      return new Map(
        pids.flatMap((one) => {
          const found = people.find(
            (other) => other.pid === one || Object.hasOwn(other.profile.absorbed, one),
          );
          return found === undefined ? [] : [[one, found] as const];
        }),
      );
    },
  };
}

const names = (people: readonly { readonly pid: Pid }[]) => people.map((one) => String(one.pid)).sort();

describe('kinOf', () => {
  it('asks for nobody where nobody was set apart', async () => {
    const people = stored();

    expect(await kinOf(someone('a'), people)).toEqual([]);
    expect(people.asked).toEqual([]);
  });

  it('goes on to those from whom the others were set apart, in a ring too, and asks for each once', async () => {
    const a = someone('a', { parted: ['b'] });
    const people = stored(a, someone('b', { parted: ['a', 'c'] }), someone('c', { parted: ['b', 'a'] }));

    expect(names(await kinOf(a, people))).toEqual(['b', 'c']);
    expect(people.asked.toSorted()).toEqual(['a', 'b', 'c']);
  });

  it('follows who was absorbed since, and goes without who is gone', async () => {
    const a = someone('a', { parted: ['b', 'gone'] });

    expect(names(await kinOf(a, stored(someone('z', { absorbed: ['b'] }))))).toEqual(['z']);
  });
});

it('spillersOf names everybody under whom ids may have been spilled, once', async () => {
  const a = someone('a', { parted: ['b'], absorbed: ['x'] });
  const people = stored(a, someone('b', { parted: ['a'], absorbed: ['y', 'x'] }));

  expect((await spillersOf(a, people)).toSorted()).toEqual(['a', 'b', 'x', 'y']);
  expect(await spillersOf(someone('q', { absorbed: ['r'] }), people)).toEqual(['q', 'r']);
});

describe('rows', () => {
  const ada = person('a', {
    profile: { entities: { main: 1, other: 2 }, identifiers: { 'email#a#b@x.io': stampedAt(1) } },
  });

  it('are those of each company by which a person may be known', () => {
    expect(rowsOfPerson(ada)).toEqual(['main#email#a#b@x.io', 'other#email#a#b@x.io']);
  });

  it.each([
    ['main#email#a#b@x.io', true],
    ['third#email#a#b@x.io', false],
    ['main#email#b@x.io', false],
    ['toString#email#a#b@x.io', false],
    ['main#toString', false],
  ])('%s may be theirs: %s', (row, expected) => {
    expect(mayHaveRow(ada, row)).toBe(expected);
  });
});

describe('followParted', () => {
  const row = 'main#email#x';
  const owners = new Map([[row, pid('a')]]);

  it('leaves an owner who has the identifier', async () => {
    const a = someone('a', { has: ['email#x'], parted: ['b'] });
    const people = stored(a, someone('b', { has: ['email#x'] }));

    expect(await followParted(owners, new Map([[a.pid, a]]), people)).toEqual(new Map());
    expect(people.asked).toEqual([]);
  });

  it('finds who has it of their kin', async () => {
    const a = someone('a', { parted: ['b', 'c'] });
    const people = stored(a, someone('b'), someone('c', { has: ['email#x'] }));

    const followed = await followParted(owners, new Map([[a.pid, a]]), people);

    expect([...followed].map(([key, { pid: owner }]) => [key, owner])).toEqual([[row, 'c']]);
  });

  it('asks for the kin of one owner once, however many rows', async () => {
    const a = someone('a', { parted: ['b'] });
    const people = stored(a, someone('b', { has: ['email#x', 'email#y'] }));
    const two = new Map([...owners, ['main#email#y', pid('a')] as const]);

    expect((await followParted(two, new Map([[a.pid, a]]), people)).size).toBe(2);
    expect(people.asked).toEqual(['b']);
  });

  it('leaves a row that nobody is known by, and one of nobody', async () => {
    const a = someone('a', { parted: ['b'] });

    expect(await followParted(owners, new Map([[a.pid, a]]), stored(a, someone('b')))).toEqual(new Map());
    expect(await followParted(owners, new Map(), stored(a))).toEqual(new Map());
  });
});

it('findOwners gives each owner once, merges and un-merges followed', async () => {
  const a = someone('a', { has: ['email#x', 'userId#u'], parted: ['b'] });
  const b = someone('b', { has: ['email#y'], absorbed: ['c'], parted: ['a'] });
  const rows = new Map([
    ['main#email#x', { pid: pid('a') }],
    ['main#userId#u', { pid: pid('a') }],
    ['main#email#y', { pid: pid('a') }],
    ['main#phone#1', { pid: pid('gone') }],
  ]);
  const owners = async (_: readonly string[], { consistent = false }: ReadOptions = {}) =>
    consistent ? rows : new Map();
  const ports = { people: stored(a, b), identities: { owners } };

  expect(names(await findOwners([...rows.keys()], ports))).toEqual(['a', 'b']);
});
