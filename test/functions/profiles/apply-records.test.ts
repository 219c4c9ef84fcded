import { describe, expect, it } from 'vitest';
import { type ApplyPorts, applyRecords, type KeyedRecords } from '#functions/profiles/apply-records.ts';
import { batchTally } from '#functions/profiles/tally.ts';
import { type CollectedEvent, Pid } from '#shared/events/event.ts';
import { compileSegments } from '#shared/segments/compile.ts';
import { collected, RECEIVED_AT, web } from '#test/support/events.ts';
import { memoryPeople } from '#test/support/memory-people.ts';

function world(over: (ports: ApplyPorts) => Partial<ApplyPorts> = () => ({})) {
  const there = memoryPeople();
  const quarantined: { readonly id: string; readonly reason?: string | undefined }[] = [];
  let pids = 0;
  const ports: ApplyPorts = {
    people: there.people,
    identities: there.identities,
    definitions: { current: async () => compileSegments([], 1) },
    quarantine: {
      keep: async ({ id, entries }) => quarantined.push({ id, reason: entries[0]?.reason }) > 0,
    },
    giveUpAfterMs: 1,
    tally: batchTally(),
    becomesHot: () => false,
    timeline: 'known',
    newPid: () => Pid.parse(`p${pids++}`),
    now: () => RECEIVED_AT,
    pause: async () => {},
  };
  return { ...there, quarantined, ports: { ...ports, ...over(ports) } };
}

let sequence = 1000;
const records = (...events: readonly Partial<CollectedEvent>[]): KeyedRecords => ({
  stream: 'arn:events',
  partitionKey: 'k',
  records: [
    {
      sequenceNumber: String(sequence++),
      record: { v: 1, source: web, receivedAt: RECEIVED_AT + sequence, events: events.map(collected) },
    },
  ],
});
const countOf = (there: ReturnType<typeof world>, key: string, name: string): number =>
  there.ownerOf(key)?.activity.events[name]?.count ?? 0;

describe('applyRecords', () => {
  it('quarantines the one event that can never be applied, and applies the others of the person', async () => {
    const there = world(({ people }) => ({
      people: {
        ...people,
        async write(change) {
          if (Object.hasOwn(change.person.activity.events, 'poison'))
            throw new TypeError('no store takes this');
          return people.write(change);
        },
      },
    }));
    const names = ['before', 'poison', 'after'];

    const counts = await applyRecords(
      records(...names.map((event) => ({ userId: 'u', event, messageId: event }))),
      there.ports,
    );

    expect(counts).toMatchObject({ applied: 2, quarantined: 1 });
    expect(names.map((name) => countOf(there, 'userId#u', name))).toEqual([1, 0, 1]);
    expect(there.quarantined).toEqual([{ id: expect.stringMatching(/-1$/), reason: 'not_applied' }]);
  });

  it('lets everything come again for a fault that passes', async () => {
    const throttled = Object.assign(new Error('slow down'), { name: 'ThrottlingException' });
    const there = world(({ people }) => ({
      people: { ...people, write: async () => Promise.reject(throttled) },
    }));

    await expect(applyRecords(records({ userId: 'u' }), there.ports)).rejects.toThrow(throttled);
    expect(there.quarantined).toEqual([]);
  });

  it('applies an old message although the write that first held it was lost after ids were spilled', async () => {
    let lost = 0;
    const there = world(({ people }) => ({
      people: {
        ...people,
        async write(change) {
          if (change.person.activity.events.old?.count === 1 && lost++ === 0) return 'conflict';
          return people.write(change);
        },
      },
    }));
    const recent = Array.from({ length: 60 }, (_, index) => ({
      userId: 'u',
      event: 'recent',
      messageId: `r${index}`,
      originalTimestamp: RECEIVED_AT - 60_000 + index,
    }));
    for (let at = 0; at < recent.length; at += 10) {
      await applyRecords(records(...recent.slice(at, at + 10)), there.ports);
    }
    const old = Array.from({ length: 30 }, (_, index) => ({
      userId: 'u',
      event: index === 0 ? 'old' : 'older',
      messageId: `o${index}`,
      originalTimestamp: 1_000 + index,
    }));

    await applyRecords(records(...old), there.ports);
    await applyRecords(records(...old), there.ports);

    expect(lost).toBe(2);
    expect(['recent', 'old', 'older'].map((name) => countOf(there, 'userId#u', name))).toEqual([60, 1, 29]);
  });

  it('writes a person five hundred events at a time, so that the ids of one write stay few', async () => {
    const there = world();
    const imported = Array.from({ length: 1_250 }, (_, index) => ({
      userId: 'u',
      event: 'imported',
      messageId: `i${index}`,
      originalTimestamp: 1_000 + index,
    }));

    await applyRecords(records(...imported), there.ports);

    const activity = there.ownerOf('userId#u')?.activity;
    expect(activity).toMatchObject({ version: 3, events: { imported: { count: 1_250 } } });
    expect(activity?.seen.ids.length).toBeLessThanOrEqual(508);
  });

  it('links nothing by an event that was applied before', async () => {
    const there = world();
    await applyRecords(records({ userId: 'u', anonymousId: 'a1', messageId: 'm' }), there.ports);

    await applyRecords(
      records({ userId: 'u', anonymousId: 'a2', messageId: 'm' }, { userId: 'u', messageId: 'new' }),
      there.ports,
    );

    expect(there.ownerOf('anonymousId#a2')).toBeUndefined();
    expect(Object.keys(there.ownerOf('userId#u')?.profile.identifiers ?? {})).toEqual([
      'userId#u',
      'anonymousId#a1',
    ]);
  });

  it('links more identifiers of one batch than a transaction takes, in several', async () => {
    const most: number[] = [];
    const there = world(({ people }) => ({
      people: {
        ...people,
        async write(change) {
          most.push(change.claims.length);
          return people.write(change);
        },
      },
    }));
    const events = Array.from({ length: 120 }, (_, n) => ({
      userId: 'u',
      anonymousId: `a${n}`,
      messageId: `m${n}`,
    }));

    await applyRecords(records(...events), there.ports);

    expect(Math.max(...most)).toBeLessThanOrEqual(90);
    expect(countOf(there, 'anonymousId#a119', 'Viewed')).toBe(120);
  });

  it('does not merge two people who became known users after it was decided that they are one', async () => {
    const there = world();
    await applyRecords(records({ anonymousId: 'a1', messageId: '1' }), there.ports);
    await applyRecords(
      records({ type: 'identify', anonymousId: 'a2', messageId: '2', traits: { email: 'bob@example.com' } }),
      there.ports,
    );
    let meanwhile = async () => {
      meanwhile = async () => {};
      await applyRecords(records({ userId: 'alice', anonymousId: 'a1', messageId: '3' }), there.ports);
      await applyRecords(records({ userId: 'bob', anonymousId: 'a2', messageId: '4' }), there.ports);
    };
    const findMany: ApplyPorts['people']['findMany'] = async (pids, options) => {
      const found = await there.people.findMany(pids, options);
      if (pids.length === 2 && options?.consistent !== true) await meanwhile();
      return found;
    };

    await applyRecords(
      records({ type: 'identify', anonymousId: 'a1', messageId: '5', traits: { email: 'bob@example.com' } }),
      { ...there.ports, people: { ...there.people, findMany } },
    );

    expect(there.everybody()).toHaveLength(2);
    expect(there.ownerOf('userId#alice')?.pid).not.toBe(there.ownerOf('userId#bob')?.pid);
  });

  it('goes on by consistent reads where others show two people who have long been merged', async () => {
    const there = world();
    await applyRecords(records({ anonymousId: 'a1', messageId: '1' }), there.ports);
    await applyRecords(records({ userId: 'u', messageId: '2' }), there.ports);
    const past = new Map([...there.everybody()].map((person) => [person.pid, person]));
    const rows = new Map(
      ['userId#u', 'anonymousId#a1'].flatMap((key) => {
        const pid = there.ownerOf(key)?.pid;
        return pid === undefined ? [] : [[`main#${key}`, { pid }] as const];
      }),
    );
    const lagging: ApplyPorts = {
      ...there.ports,
      people: {
        ...there.people,
        findMany: async (pids, options) =>
          options?.consistent
            ? there.people.findMany(pids, options)
            : new Map([...past].filter(([pid]) => pids.includes(pid))),
      },
      identities: {
        ...there.identities,
        owners: (keys, options) =>
          options?.consistent ? there.identities.owners(keys, options) : Promise.resolve(rows),
      },
    };

    const both = { userId: 'u', anonymousId: 'a1' };
    const counts = await applyRecords(
      records({ ...both, messageId: '3' }, { ...both, messageId: '4' }),
      lagging,
    );

    expect(counts).toMatchObject({ applied: 2, merges: 1 });
    expect(countOf(there, 'userId#u', 'Viewed')).toBe(4);
  });

  it('keeps a person readable whatever is spent', async () => {
    const there = world();
    const order = (messageId: string, total: unknown) => ({
      userId: 'u',
      messageId,
      event: 'Order Completed',
      properties: { total, currency: 'USD' },
    });

    await applyRecords(
      records(order('1', 9e10), order('2', 9e13), order('3', 'Infinity'), order('4', 1)),
      there.ports,
    );

    expect(there.ownerOf('userId#u')?.activity.sums).toEqual({ total_spent: { USD: 9_000_000_000_100 } });
  });
});
