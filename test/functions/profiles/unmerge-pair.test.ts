import { describe, expect, it } from 'vitest';
import { type UnmergePorts, unmergePair } from '#functions/profiles/unmerge-pair.ts';
import { type CollectedEvent, Pid } from '#shared/events/event.ts';
import { identityRow } from '#shared/identity/identifier.ts';
import { PersonContentionError } from '#shared/kernel/errors.ts';
import type { Person } from '#shared/profiles/activity.ts';
import { canonicalState } from '#shared/profiles/canonical.ts';
import { compileSegments } from '#shared/segments/compile.ts';
import { applying } from '#test/support/applying.ts';

const buyers = compileSegments(
  [{ id: 'buyers', name: 'Buyers', condition: { event: { name: 'Order Completed', atLeast: 1 } } }],
  1,
);

/** A λ with people in it, and an admin who sets them apart. */
function stage(over: Partial<UnmergePorts> = {}) {
  const there = applying();
  const definitions = { current: async () => buyers };
  let messages = 0;
  const send = async (...events: readonly Partial<CollectedEvent>[]) => {
    const record = there.record(events.map((said) => ({ messageId: `m${messages++}`, ...said })));
    there.clock.now += 1000;
    await there.apply(record, { definitions });
    return record;
  };
  const pidOf = (key: string): Pid => {
    const pid = there.ownerOf(key)?.pid;
    if (pid === undefined) throw new TypeError(`nobody has ${key}`);
    return pid;
  };
  return {
    ...there,
    send,
    pidOf,
    /** Who has an identifier, as the λ finds them. */
    async find(key: string): Promise<Person | undefined> {
      const owners = await there.identities.owners([identityRow('main', key)]);
      return (
        there.ownerOf(key) &&
        (await there.people.findMany([...owners.values()].map(({ pid }) => pid))).values().next().value
      );
    },
    reapply: (record: ReturnType<typeof there.record>) => there.apply(record, { definitions }),
    unmerge: (pid: Pid, absorbed: Pid, isAllowed = (_: Person) => true) =>
      unmergePair(
        { pid, absorbed, by: 'u-admin', isAllowed },
        {
          people: there.people,
          merges: there.merges,
          identities: there.identities,
          definitions,
          now: () => there.clock.now,
          pause: async () => {},
          ...over,
        },
      ),
  };
}

/** Two people, each with events, and the event that made them one. */
async function mergedStage(over?: Partial<UnmergePorts>) {
  const there = stage(over);
  await there.send({ userId: 'ada', type: 'identify', traits: { plan: 'free', city: 'Lyon' } });
  await there.send({ userId: 'ada', event: 'Viewed' });
  await there.send(
    { anonymousId: 'x', event: 'Order Completed', properties: { total: 9, currency: 'EUR' } },
    { anonymousId: 'x', type: 'identify', traits: { plan: 'pro' }, timestamp: 5_000 },
  );
  const [ada, visitor] = [there.pidOf('userId#ada'), there.pidOf('anonymousId#x')];
  const before = [there.ownerOf('userId#ada'), there.ownerOf('anonymousId#x')];
  const cause = await there.send({ userId: 'ada', anonymousId: 'x', event: 'Viewed' });
  expect(there.everybody()).toHaveLength(1);
  return { ...there, ada, visitor, before, cause };
}

const eventsOf = (person: Person | undefined): number =>
  Object.values(person?.activity.events ?? {}).reduce((sum, { count }) => sum + count, 0);

describe('unmergePair', () => {
  it('gives the absorbed person back as they were, with their identifiers, and says what it could not tell', async () => {
    const there = await mergedStage();

    const outcome = await there.unmerge(there.ada, there.visitor);

    expect(outcome).toEqual({
      kind: 'unmerged',
      parting: {
        survivor: there.ada,
        loser: there.visitor,
        mergedAt: expect.any(Number),
        at: there.clock.now,
        by: 'u-admin',
        inseparable: { events: 1, traits: [], identifiers: [], consents: [] },
      },
    });
    const [ada, visitor] = [there.ownerOf('userId#ada'), there.ownerOf('anonymousId#x')];
    expect([ada?.pid, visitor?.pid]).toEqual([there.ada, there.visitor]);
    expect(visitor && canonicalState(visitor)).toBe(there.before[1] && canonicalState(there.before[1]));
    expect(ada?.profile.traits).toEqual(there.before[0]?.profile.traits);
    expect(eventsOf(ada)).toBe(3);
    expect(ada?.activity.sums).toEqual({});
    expect([ada?.profile.parted, visitor?.profile.parted]).toEqual([
      { [there.visitor]: there.clock.now },
      { [there.ada]: there.clock.now },
    ]);
  });

  it('goes by definitions at least as new as those that they were written by', async () => {
    const asked: number[] = [];
    const definitions = {
      async current(version: number) {
        asked.push(version);
        return buyers;
      },
    };
    const there = await mergedStage({ definitions });

    await there.unmerge(there.ada, there.visitor);

    expect(asked).toEqual([buyers.version]);
  });

  it('never merges the two again: what an event says of both is refused and listed', async () => {
    const there = await mergedStage();
    await there.unmerge(there.ada, there.visitor);

    await there.send({ userId: 'ada', anonymousId: 'x', event: 'Added' });

    expect(there.everybody()).toHaveLength(2);
    expect(there.countOf('userId#ada', 'Added')).toBe(1);
    expect(there.countOf('anonymousId#x', 'Added')).toBe(0);
    expect(there.ownerOf('userId#ada')?.profile.refusals).toMatchObject([
      { identifier: 'anonymousId#x', reason: 'parted' },
    ]);
  });

  it('does not merge them through a third person either', async () => {
    const there = await mergedStage();
    await there.unmerge(there.ada, there.visitor);
    await there.send({ anonymousId: 'y' });
    await there.send({ userId: 'ada', anonymousId: 'y' });
    await there.send({ anonymousId: 'z' });
    const third = there.pidOf('anonymousId#z');
    await there.send({ anonymousId: 'x', traits: { email: 'x@example.com' }, type: 'identify' });
    await there.send({ anonymousId: 'z', traits: { email: 'x@example.com' }, type: 'identify' });
    expect(there.pidOf('anonymousId#z')).toBe(there.visitor);
    expect((await there.merges.tombstones([third])).size).toBe(1);

    await there.send({ anonymousId: 'z', userId: 'ada' });
    await there.send({ anonymousId: 'y', traits: { email: 'x@example.com' }, type: 'identify' });

    expect(there.everybody()).toHaveLength(2);
    expect(there.pidOf('userId#ada')).not.toBe(there.pidOf('anonymousId#x'));
  });

  it('counts nothing again that is delivered again, of before, during and after the merge', async () => {
    const there = stage();
    const records = [
      await there.send({ userId: 'ada', event: 'Viewed' }),
      await there.send({ anonymousId: 'x', event: 'Viewed' }),
      await there.send({ userId: 'ada', anonymousId: 'x', event: 'Viewed' }),
      await there.send({ anonymousId: 'x', event: 'Viewed' }),
    ];
    const [ada] = there.everybody();
    if (ada === undefined) throw new TypeError('nobody');
    const [visitor] = Object.keys(ada.profile.absorbed);
    await there.unmerge(ada.pid, Pid.parse(visitor));
    records.push(await there.send({ anonymousId: 'x', event: 'Viewed' }));
    const counts = () => ['userId#ada', 'anonymousId#x'].map((key) => there.countOf(key));
    const before = counts();

    for (const record of records) await there.reapply(record);
    for (const [n, { records: sent }] of records.entries()) {
      const events = sent.flatMap(({ record }) => record.events);
      await there.apply(there.record(events), { definitions: { current: async () => buyers } });
      expect([n, counts()]).toEqual([n, before]);
    }

    expect(before).toEqual([3, 2]);
  });

  it.each([60, 400])('knows messages again that had been spilled, %i later', async (many) => {
    const there = await mergedStage();
    const HOUR = 3_600_000;
    const timed = (n: number) => ({
      anonymousId: 'x',
      event: 'Late',
      timestamp: n * HOUR,
      messageId: `l${n}`,
    });
    for (let n = 0; n < many; n += 20) {
      await there.send(...Array.from({ length: 20 }, (_, place) => timed(1 + n + place)));
    }
    await there.unmerge(there.ada, there.visitor);
    expect([there.countOf('userId#ada', 'Late'), there.countOf('anonymousId#x', 'Late')]).toEqual([many, 0]);

    await there.send(...Array.from({ length: many }, (_, place) => timed(1 + place)), {
      anonymousId: 'x',
      event: 'Late',
      messageId: 'new',
      timestamp: HOUR,
    });

    expect([there.countOf('userId#ada', 'Late'), there.countOf('anonymousId#x', 'Late')]).toEqual([many, 1]);
  });

  it('leads whoever holds an identifier to the right one, although the rows were not pointed back', async () => {
    const there = await mergedStage({
      identities: { repoint: async () => Promise.reject(new Error('killed')) },
    });
    await there.send({ anonymousId: 'x' });
    expect((await there.find('anonymousId#x'))?.pid).toBe(there.ada);
    await expect(there.unmerge(there.ada, there.visitor)).rejects.toThrow('killed');
    expect((await there.find('anonymousId#x'))?.pid).toBe(there.ada);

    await there.send({ anonymousId: 'x', event: 'Added' });

    expect(there.ownerOf('anonymousId#x')?.pid).toBe(there.visitor);
    expect(there.countOf('anonymousId#x', 'Added')).toBe(1);
    expect(there.countOf('userId#ada', 'Added')).toBe(0);
  });

  it.each(['survivor', 'loser'])(
    'finishes a broken call when it is repeated, asked of the %s',
    async (side) => {
      const there = await mergedStage();
      await there.send({ anonymousId: 'x' });
      const first = await there.unmerge(there.ada, there.visitor);
      await there.identities.repoint([
        { key: identityRow('main', 'anonymousId#x'), from: there.visitor, to: there.ada },
      ]);
      const states = there.everybody().map((person) => JSON.stringify(person));

      const again = await there.unmerge(side === 'survivor' ? there.ada : there.visitor, there.visitor);

      expect(again).toEqual(first);
      expect(there.ownerOf('anonymousId#x')?.pid).toBe(there.visitor);
      expect(there.everybody().map((person) => JSON.stringify(person))).toEqual(states);
    },
  );

  it('says so where nobody of that pid was absorbed, by this person or in the scope of who asks', async () => {
    const there = await mergedStage();
    await there.send({ userId: 'bob' });
    const nobody = { kind: 'not_merged' };

    expect(await there.unmerge(there.ada, Pid.parse('nobody'))).toEqual(nobody);
    expect(await there.unmerge(there.ada, there.pidOf('userId#bob'))).toEqual(nobody);
    expect(await there.unmerge(there.pidOf('userId#bob'), there.visitor)).toEqual(nobody);
    expect(await there.unmerge(Pid.parse('nobody'), there.visitor)).toEqual(nobody);
    expect(await there.unmerge(there.ada, there.visitor, () => false)).toEqual(nobody);
    expect(there.everybody()).toHaveLength(2);

    await there.unmerge(there.ada, there.visitor);
    expect(await there.unmerge(there.pidOf('userId#bob'), there.visitor)).toEqual(nobody);
    expect(await there.unmerge(there.ada, there.visitor, () => false)).toEqual(nobody);
  });

  it('undoes merges within merges from the outside in', async () => {
    const there = stage();
    await there.send({ anonymousId: 'a' });
    await there.send({ anonymousId: 'b' });
    await there.send({ anonymousId: 'c' });
    await there.send({ anonymousId: 'd' });
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((id) => there.pidOf(`anonymousId#${id}`));
    if (!a || !b || !c || !d) throw new TypeError('nobody');
    const mail = (anonymousId: string, email: string) =>
      there.send({ anonymousId, type: 'identify', traits: { email } });
    for (const [one, other] of [
      ['c', 'd'],
      ['b', 'c'],
      ['a', 'b'],
    ] as const) {
      await mail(one, `${one}@example.com`);
      await mail(other, `${one}@example.com`);
    }
    expect(there.everybody()).toHaveLength(1);

    expect(await there.unmerge(a, d)).toEqual({ kind: 'nested', first: b });
    expect(await there.unmerge(a, c)).toEqual({ kind: 'nested', first: b });
    expect(await there.unmerge(a, b)).toMatchObject({ kind: 'unmerged' });
    expect(await there.unmerge(b, d)).toEqual({ kind: 'nested', first: c });
    expect(await there.unmerge(b, c)).toMatchObject({ kind: 'unmerged' });
    expect(await there.unmerge(c, d)).toMatchObject({ kind: 'unmerged' });

    expect(there.everybody()).toHaveLength(4);
    for (const [id, pid] of [
      ['a', a],
      ['b', b],
      ['c', c],
      ['d', d],
    ] as const) {
      await there.send({ anonymousId: id, event: 'Added' });
      expect(there.ownerOf(`anonymousId#${id}`)).toMatchObject({
        pid,
        activity: { events: { Added: { count: 1 } } },
      });
    }
  });

  it('moves rows of segments without telling anybody to have entered who was in it as part of another', async () => {
    const there = await mergedStage();
    there.outbox.length = 0;

    await there.unmerge(there.ada, there.visitor);

    const at = there.clock.now;
    expect(there.outbox).toEqual([
      {
        pid: there.ada,
        transitions: { n: expect.any(Number), at, entered: [], exited: ['buyers'], moved: [] },
      },
      { pid: there.visitor, transitions: { n: 3, at, entered: [], exited: [], moved: ['buyers'] } },
    ]);
    expect(there.ownerOf('anonymousId#x')?.activity.segments).toEqual(there.before[1]?.activity.segments);
  });

  it('holds what was withdrawn since the merge against both', async () => {
    const there = await mergedStage();
    const email = { type: 'EMAIL', key: 'x' };
    const said = (status: string, timestamp: number) => ({
      userId: 'ada',
      type: 'identify' as const,
      timestamp,
      context: {
        messaging_subscriptions: [{ ...email, status, categories: [{ name: 'news', status: 'SUBSCRIBED' }] }],
      },
    });
    await there.send(said('UNSUBSCRIBED', 10_000));

    const outcome = await there.unmerge(there.ada, there.visitor);

    const [ada, visitor] = [there.ownerOf('userId#ada'), there.ownerOf('anonymousId#x')];
    expect(ada?.profile.consents).toMatchObject({
      'email/marketing': { status: 'denied' },
      'email/news': { status: 'granted' },
    });
    expect(visitor?.profile.consents).toEqual({
      'email/marketing': expect.objectContaining({ status: 'denied' }),
    });
    expect(outcome).toMatchObject({
      parting: { inseparable: { consents: ['email/marketing', 'email/news'] } },
    });
  });

  it('gives up after as many attempts as others were faster, having changed nothing', async () => {
    const there = await mergedStage();
    let attempts = 0;
    const refusing = {
      ...there.merges,
      unmerge: async () => {
        attempts += 1;
        return 'conflict' as const;
      },
    };

    const attempt = unmergePair(
      { pid: there.ada, absorbed: there.visitor, by: 'u', isAllowed: () => true },
      {
        ...there,
        merges: refusing,
        definitions: { current: async () => buyers },
        now: () => 1,
        pause: async () => {},
      },
    );

    await expect(attempt).rejects.toThrow(PersonContentionError);
    expect(attempts).toBe(8);
    expect(there.everybody()).toHaveLength(1);
  });
});
