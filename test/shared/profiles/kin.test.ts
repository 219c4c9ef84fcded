import { describe, expect, it } from 'vitest';
import { Pid } from '#shared/events/event.ts';
import { identityRow } from '#shared/identity/identifier.ts';
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

interface Said {
  readonly has?: readonly string[];
  readonly parted?: readonly string[];
  readonly absorbed?: readonly string[];
  /** Whose customer they are, `acme`'s where nothing is said. */
  readonly entities?: readonly string[];
}

const times = (pids: readonly string[] = []) => Object.fromEntries(pids.map((pid) => [pid, 1]));

const someone = (pid: string, { has = [], parted, absorbed, entities = ['acme'] }: Said = {}): Person =>
  person(pid, {
    profile: {
      identifiers: Object.fromEntries(has.map((key) => [key, stampedAt(1)])),
      parted: times(parted),
      absorbed: times(absorbed),
      entities: times(entities),
    },
  });

/** A table of people, whoever absorbed somebody under both pids, that counts its reads. */
function tableOf(...people: readonly Person[]) {
  const reads: (readonly Pid[])[] = [];
  return {
    reads,
    async findMany(pids: readonly Pid[], options?: { readonly consistent?: boolean }) {
      expect(options?.consistent).toBe(true);
      reads.push(pids);
      const found = new Map<Pid, Person>();
      for (const pid of pids) {
        const one = people.find((other) => other.pid === pid || Object.hasOwn(other.profile.absorbed, pid));
        if (one !== undefined) found.set(pid, one);
      }
      return found;
    },
  };
}

const pidsOf = (people: readonly Person[]) => people.map(({ pid }) => pid);

describe('kinOf', () => {
  it('is nobody, and reads nothing, for who was never set apart', async () => {
    const table = tableOf(someone('b'));

    expect(await kinOf(someone('a'), table)).toEqual([]);
    expect(table.reads).toEqual([]);
  });

  it('is everybody with whom they were one for a time, and with whom those were, each once', async () => {
    const a = someone('a', { parted: ['b'] });
    const table = tableOf(
      a,
      someone('b', { parted: ['a', 'c', 'd'] }),
      someone('c', { parted: ['b', 'd'] }),
      someone('d', { parted: ['b', 'c', 'erased'] }),
    );

    expect(pidsOf(await kinOf(a, table)).sort()).toEqual(['b', 'c', 'd']);
    expect(table.reads.flat().sort()).toEqual(['a', 'b', 'c', 'd', 'erased']);
  });

  it('follows whoever was absorbed since', async () => {
    const a = someone('a', { parted: ['b', 'c'] });
    const table = tableOf(someone('e', { absorbed: ['b', 'c'] }));

    expect(pidsOf(await kinOf(a, table))).toEqual(['e']);
  });
});

describe('spillersOf', () => {
  it('names them, whom they absorbed, and the same of their kin, each once', async () => {
    const a = someone('a', { parted: ['b'], absorbed: ['x', 'y'] });

    const spillers = await spillersOf(a, tableOf(someone('b', { parted: ['a'], absorbed: ['y', 'z'] })));

    expect(spillers).toEqual(['a', 'x', 'y', 'b', 'z']);
  });
});

describe('the rows that may be a person’s', () => {
  const ada = someone('a', { has: ['email#e', 'userId#u#1'], entities: ['acme', 'beta'] });

  it('are those of each identifier in each company whose customer they are', () => {
    const rows = ['acme#email#e', 'acme#userId#u#1', 'beta#email#e', 'beta#userId#u#1'];

    expect(rowsOfPerson(ada)).toEqual(rows);
    expect(rows.every((row) => mayHaveRow(ada, row))).toBe(true);
  });

  it.each(['gamma#email#e', 'acme#email#f', 'acme#email', 'email#e'])('are not %s', (row) => {
    expect(mayHaveRow(ada, row)).toBe(false);
  });
});

describe('followParted', () => {
  const key = 'email#e';
  const row = identityRow('acme', key);
  const owners = new Map([[row, Pid.parse('a')]]);
  const follow = (a: Person, ...others: readonly Person[]) =>
    followParted(owners, new Map([[a.pid, a]]), tableOf(...others));

  it('follows an identifier to the one of their kin who has it', async () => {
    const [a, b] = [someone('a', { parted: ['c', 'd', 'b'] }), someone('b', { has: [key] })];
    const [c, d] = [someone('c', { has: ['email#other'] }), someone('d', { has: [key], entities: ['beta'] })];

    const followed = await follow(
      { ...a, profile: { ...a.profile, parted: times(['c', 'd', 'b']) } },
      c,
      d,
      b,
    );

    expect([...followed]).toEqual([[row, b]]);
  });

  it('leaves it with its owner who has it, and where nobody has', async () => {
    const a = someone('a', { parted: ['b'], has: [key] });
    const without = someone('a', { parted: ['b'] });

    expect((await follow(a, someone('b', { has: [key] }))).size).toBe(0);
    expect((await follow(without, someone('b'))).size).toBe(0);
    expect((await followParted(owners, new Map(), tableOf())).size).toBe(0);
  });

  it('reads the kin of one owner once', async () => {
    const a = someone('a', { parted: ['b'] });
    const table = tableOf(someone('b', { has: ['email#1', 'email#2'] }));
    const both = new Map(['email#1', 'email#2'].map((one) => [identityRow('acme', one), a.pid]));

    const followed = await followParted(both, new Map([[a.pid, a]]), table);

    expect(followed.size).toBe(2);
    expect(table.reads).toHaveLength(1);
  });
});

describe('findOwners', () => {
  it('finds who has rows now, each once, merges and un-merges followed', async () => {
    const [a, b, c] = [
      someone('a', { has: ['email#1'], parted: ['b'] }),
      someone('b', { has: ['email#2'], parted: ['a'] }),
      someone('c', { has: ['email#3', 'email#4'], absorbed: ['x'] }),
    ];
    const stored: Record<string, string> = { 1: 'a', 2: 'a', 3: 'c', 4: 'x', 5: 'erased' };
    const identities = {
      async owners(rows: readonly string[], options?: { readonly consistent?: boolean }) {
        expect(options?.consistent).toBe(true);
        return new Map(
          rows.flatMap((row) => {
            const pid = stored[row.slice(-1)];
            return pid === undefined ? [] : [[row, Pid.parse(pid)] as const];
          }),
        );
      },
    };
    const rows = [1, 2, 3, 4, 5, 6].map((n) => identityRow('acme', `email#${n}`));

    const owners = await findOwners(rows, { people: tableOf(a, b, c), identities });

    expect(owners).toEqual([a, b, c]);
  });
});
