import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ApplyPorts, KeyedRecords } from '#functions/profiles/apply-records.ts';
import { type ErasePorts, erasePerson, SETTLE_MS } from '#functions/profiles/erase-person.ts';
import { unmergePair } from '#functions/profiles/unmerge-pair.ts';
import type { CollectedEvent, Pid } from '#shared/events/event.ts';
import { identityRow } from '#shared/identity/identifier.ts';
import { absorbedBy, emptyProfile } from '#shared/profiles/profile.ts';
import { eventTotal } from '#shared/profiles/unmerge-counts.ts';
import { compileSegments } from '#shared/segments/compile.ts';
import { applying } from '#test/support/applying.ts';

const viewers = compileSegments(
  [{ id: 'viewers', name: 'Viewers', condition: { event: { name: 'Viewed', atLeast: 1 } } }],
  1,
);
const definitions = { current: async () => viewers };

/** People to whom events happen, and who are erased. */
function stage() {
  const there = applying();
  let messages = 0;
  const said = (one: Partial<CollectedEvent>): KeyedRecords => {
    const at = one.timestamp ?? there.clock.now;
    const event = { messageId: `m${messages++}`, timestamp: at, originalTimestamp: at, ...one };
    return { ...there.record([event]), partitionKey: `k${messages}` };
  };
  const ports: ErasePorts = { ...there.ports, erasures: there.erasures, dedupDays: 30 };
  const pidOf = (key: string): Pid => {
    const person = there.ownerOf(key);
    if (person === undefined) throw new TypeError(`nobody has ${key}`);
    return person.pid;
  };
  return {
    ...there,
    said,
    pidOf,
    erasePorts: ports,
    send: (one: Partial<CollectedEvent>, over: Partial<ApplyPorts> = {}) => {
      there.clock.now += 1_000;
      return there.apply(said(one), { definitions, ...over });
    },
    erase: (pid: Pid, over: Partial<ErasePorts> = {}, isAllowed = () => true) =>
      erasePerson({ pid, by: 'u-admin', isAllowed }, { ...ports, ...over }),
  };
}

/** Ada, a user with an address, who absorbed the visitor a2, and who was told of in a timeline. */
async function withAda() {
  const there = stage();
  await there.send({ userId: 'ada', anonymousId: 'a1' });
  await there.send({ anonymousId: 'a2' });
  await there.send({ userId: 'ada', anonymousId: 'a2', type: 'identify', traits: { email: 'a@b.fr' } });
  await there.send({ userId: 'bob' });
  return { ...there, ada: there.pidOf('userId#ada'), bob: there.pidOf('userId#bob') };
}

describe('erasePerson', () => {
  it('leaves nobody, leaves every segment, and gives a receipt', async () => {
    const there = await withAda();

    const receipt = await there.erase(there.ada);

    expect(receipt).toMatchObject({
      erasure: { pid: there.ada, at: there.clock.now, by: 'u-admin', market: 'fr', brand: 'main' },
      removed: { event: 2, merge: 1 },
      rows: { count: 4, until: there.clock.now + 30 * 86_400_000 },
      isSettled: false,
      settlesAt: there.clock.now + SETTLE_MS,
    });
    expect(there.everybody().map(({ pid }) => pid)).toEqual([there.bob]);
    expect(there.outbox.at(-1)).toEqual({
      pid: there.ada,
      transitions: { n: 4, at: there.clock.now, entered: [], exited: ['viewers'], moved: [] },
    });
    expect([...there.timeline.keys()].filter((key) => !key.startsWith(there.bob))).toEqual([]);
    for (const key of ['userId#ada', 'anonymousId#a1', 'anonymousId#a2', 'email#a@b.fr']) {
      expect(there.ownerOf(key)).toBeUndefined();
    }
  });

  it('is settled by a call that begins late enough, and not before', async () => {
    const there = await withAda();
    await there.erase(there.ada);

    there.clock.now += SETTLE_MS - 1;
    expect(await there.erase(there.ada)).toMatchObject({ isSettled: false, rows: { count: 0 } });
    // what somebody left behind who was at work meanwhile
    await there.people.spill(there.ada, [[1, 'late']]);
    there.clock.now += 1;

    expect(await there.erase(there.ada)).toMatchObject({ isSettled: true, removed: { seen: 1 } });
    expect(await there.erase(there.ada)).toBeUndefined();
    expect(await there.people.findErased([there.ada])).toHaveProperty('size', 1);
  });

  it('erases nobody whom the caller may not, before it has begun or after', async () => {
    const there = await withAda();

    expect(await there.erase(there.ada, {}, () => false)).toBeUndefined();
    expect(there.ownerOf('userId#ada')).toBeDefined();

    await there.erase(there.ada);
    expect(await there.erase(there.ada, {}, () => false)).toBeUndefined();
    expect(await there.erase(there.ada)).toBeDefined();
  });

  it('erases who became of somebody who is absorbed meanwhile', async () => {
    const there = await withAda();
    let raced = false;
    const begin: ErasePorts['erasures']['begin'] = async (change) => {
      if (!raced) {
        raced = true;
        await there.send({ userId: 'ada', anonymousId: 'a9' });
      }
      return there.erasures.begin(change);
    };

    await there.erase(there.ada, { erasures: { ...there.erasures, begin } });

    expect(there.ownerOf('anonymousId#a9')).toBeUndefined();
    expect(there.everybody().map(({ pid }) => pid)).toEqual([there.bob]);
  });

  it('leaves whom an un-merge set apart, also where that broke off before it gave the identifiers back', async () => {
    const there = await withAda();
    const [other] = absorbedBy(there.ownerOf('userId#ada')?.profile ?? emptyProfile(0));
    if (other === undefined) throw new TypeError('nobody was absorbed');
    await unmergePair(
      { pid: there.ada, absorbed: other, by: 'u', isAllowed: () => true },
      {
        ...there.ports,
        definitions,
        merges: there.merges,
        identities: { repoint: async () => {} },
      },
    );

    const receipt = await there.erase(there.ada);

    expect(receipt?.erasure.parted).toEqual([other]);
    expect(there.ownerOf('anonymousId#a2')).toMatchObject({ pid: other });
    expect(await there.send({ anonymousId: 'a2', timestamp: 1 })).toMatchObject({ applied: 1, erased: 0 });
  });

  it('goes on from wherever a call broke off', async () => {
    for (let calls = 0; ; calls++) {
      const there = await withAda();
      let left = calls;
      const ended = new Error('ended');
      const dying = <A extends readonly unknown[], R>(call: (...args: A) => Promise<R>) => {
        return async (...args: A): Promise<R> => {
          const result = await call(...args);
          if (left-- === 0) throw ended;
          return result;
        };
      };
      const { people, identities, erasures } = there.erasePorts;
      const over = {
        people: { findMany: dying(people.findMany) },
        identities: {
          owners: dying(identities.owners),
          repoint: dying(identities.repoint),
          vacate: dying(identities.vacate),
        },
        erasures: {
          begin: dying(erasures.begin),
          find: dying(erasures.find),
          sweep: dying(erasures.sweep),
          finish: dying(erasures.finish),
        },
      };
      const broken = await there.erase(there.ada, over).catch((fault) => fault);
      if (broken !== ended) {
        expect(calls).toBeGreaterThan(4);
        return;
      }

      await there.erase(there.ada);
      there.clock.now += SETTLE_MS;
      left = 0;
      await there.erase(there.ada, over).catch(() => {});
      for (let last = 0; last < 3 && (await there.erasures.find(there.ada)) !== undefined; last++) {
        await there.erase(there.ada);
      }

      expect(there.everybody().map(({ pid }) => pid)).toEqual([there.bob]);
      expect([...there.timeline.keys()].filter((key) => !key.startsWith(there.bob))).toEqual([]);
      const row = identityRow('main', 'anonymousId#a2');
      expect((await there.identities.owners([row])).get(row)).toMatchObject({ erasedAt: expect.any(Number) });
    }
  });
});

describe('an event of an erased person', () => {
  it.each<Partial<CollectedEvent>>([
    { userId: 'ada' },
    { userId: 'ada', anonymousId: 'new' },
    { anonymousId: 'a2' },
    { anonymousId: 'new', type: 'identify', traits: { email: 'A@b.fr' } },
    { userId: 'new', type: 'identify', traits: { email: 'a@b.fr' } },
    { userId: 'ada', anonymousId: 'x', type: 'identify', traits: { email: 'bob@b.fr' } },
  ])('that happened before is dropped, and kept nowhere: $userId $anonymousId', async (said) => {
    const there = await withAda();
    const happenedAt = there.clock.now;
    await there.erase(there.ada);

    expect(await there.send({ ...said, timestamp: happenedAt })).toMatchObject({
      applied: 0,
      erased: 1,
      quarantined: 0,
    });

    expect(there.everybody().map(({ pid }) => pid)).toEqual([there.bob]);
    expect(there.quarantined).toEqual(new Map());
    for (const key of ['anonymousId#new', 'userId#new', 'anonymousId#x']) {
      expect(there.ownerOf(key)).toBeUndefined();
    }
  });

  it('that happened after is somebody new’s, who takes the identifiers over', async () => {
    const there = await withAda();
    const happenedAt = there.clock.now;
    await there.erase(there.ada);

    expect(await there.send({ userId: 'ada', anonymousId: 'a1' })).toMatchObject({ applied: 1, erased: 0 });
    expect(await there.send({ userId: 'ada', timestamp: happenedAt })).toMatchObject({ erased: 1 });
    expect(await there.send({ anonymousId: 'a1' })).toMatchObject({ applied: 1 });

    const next = there.ownerOf('userId#ada');
    expect(next?.pid).not.toBe(there.ada);
    expect(there.ownerOf('anonymousId#a1')).toEqual(next);
    expect(there.countOf('userId#ada')).toBe(2);
    expect(there.ownerOf('anonymousId#a2')).toBeUndefined();
  });

  it('takes the identifiers over before the erasure has marked them', async () => {
    const there = await withAda();
    const broken = { ...there.erasePorts.identities, vacate: () => Promise.reject(new Error('ended')) };
    await there.erase(there.ada, { identities: broken }).catch(() => {});

    expect(await there.send({ userId: 'ada' })).toMatchObject({ applied: 1 });
    const next = there.pidOf('userId#ada');
    await there.erase(there.ada);

    expect(there.pidOf('userId#ada')).toBe(next);
  });

  it('that is somebody else’s leaves out what points at the erased', async () => {
    const there = await withAda();
    const happenedAt = there.clock.now;
    await there.erase(there.ada);

    await there.send({ userId: 'bob', anonymousId: 'a1', timestamp: happenedAt });
    expect(there.countOf('userId#bob')).toBe(2);
    expect(there.ownerOf('anonymousId#a1')).toBeUndefined();

    await there.send({ userId: 'bob', anonymousId: 'a1' });
    expect(there.countOf('anonymousId#a1')).toBe(3);
  });

  it('does not come back as what a user was called before', async () => {
    const there = await withAda();
    const happenedAt = there.clock.now;
    await there.erase(there.ada);

    await there.send({ type: 'alias', userId: 'bob', previousId: 'ada', timestamp: happenedAt });

    expect(there.ownerOf('anonymousId#ada')).toBeUndefined();
  });

  it('that is addressed to them, or to whom they absorbed, is dropped', async () => {
    const there = await withAda();
    await there.erase(there.ada);
    const bounce = { event: 'Email Bounced', properties: { email: 'a@b.fr', bounce_type: 'Permanent' } };

    const record = there.record([{ ...bounce, messageId: 'bounce' }], { person: { pid: there.ada } });

    expect(await there.apply(record)).toMatchObject({ erased: 1, quarantined: 0, applied: 0 });
  });

  it('brings nothing back in any order, and what came after counts once', async () => {
    const ids = fc.constantFrom('a1', 'a2', 'new');
    const late = fc.record({ userId: fc.constantFrom('ada', undefined), anonymousId: ids });
    const event = fc.record({ said: late, isLate: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 6 }), async (events) => {
        const there = await withAda();
        const happenedAt = there.clock.now - 1;
        await there.erase(there.ada);
        there.clock.now += 1_000;
        const [at] = [there.clock.now];

        for (const [n, { said, isLate }] of events.entries()) {
          await there.send({
            ...said,
            event: isLate ? 'Late' : 'New',
            timestamp: isLate ? happenedAt : at + n,
          });
        }

        const people = there.everybody().filter(({ pid }) => pid !== there.bob);
        const known = (name: string) =>
          people.reduce((sum, { activity }) => sum + (activity.events[name]?.count ?? 0), 0);
        expect(known('New')).toBe(events.filter(({ isLate }) => !isLate).length);
        // who was never known by anything but `new` may be anybody
        const lateOfErased = events.filter(
          ({ said, isLate }) => isLate && (said.userId !== undefined || said.anonymousId !== 'new'),
        ).length;
        expect(known('Late')).toBeLessThanOrEqual(
          events.filter(({ isLate }) => isLate).length - lateOfErased,
        );
        expect(people.every(({ pid }) => pid !== there.ada)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('races an erasure, and is counted with somebody new or not at all', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const there = await withAda();
        const { people, identities, erasures } = there.erasePorts;
        const slow = {
          people: { findMany: scheduler.scheduleFunction(people.findMany) },
          identities: {
            owners: scheduler.scheduleFunction(identities.owners),
            repoint: scheduler.scheduleFunction(identities.repoint),
            vacate: scheduler.scheduleFunction(identities.vacate),
          },
          erasures: {
            begin: scheduler.scheduleFunction(erasures.begin),
            find: scheduler.scheduleFunction(erasures.find),
            sweep: scheduler.scheduleFunction(erasures.sweep),
            finish: scheduler.scheduleFunction(erasures.finish),
          },
        };
        const records = [
          there.said({ userId: 'ada', anonymousId: 'a3', event: 'Old', timestamp: there.clock.now - 1 }),
          there.said({ userId: 'ada', event: 'New', timestamp: there.clock.now + 1 }),
          there.said({ userId: 'ada', anonymousId: 'b1', event: 'New', timestamp: there.clock.now + 2 }),
        ];
        const scheduled = {
          definitions,
          people: {
            ...there.people,
            findMany: scheduler.scheduleFunction(there.people.findMany),
            findErased: scheduler.scheduleFunction(there.people.findErased),
            keepTimeline: scheduler.scheduleFunction(there.people.keepTimeline),
            write: scheduler.scheduleFunction(there.people.write),
            merge: scheduler.scheduleFunction(there.people.merge),
          },
          identities: { ...there.identities, owners: scheduler.scheduleFunction(there.identities.owners) },
        };
        const runs = Promise.allSettled([
          there.erase(there.ada, slow),
          ...records.map((record) => there.apply(record, scheduled)),
        ]);
        await scheduler.waitIdle();
        await runs;
        for (const record of records) await there.apply(record, { definitions });
        await there.erase(there.ada);
        there.clock.now += SETTLE_MS;
        await there.erase(there.ada);

        expect(there.everybody().some(({ pid }) => pid === there.ada)).toBe(false);
        expect([...there.timeline.keys()].filter((key) => key.startsWith(`${there.ada} `))).toEqual([]);
        const next = there.everybody().filter(({ pid }) => pid !== there.bob);
        expect(next.every(({ activity }) => activity.events['Old'] === undefined)).toBe(true);
        expect(next.reduce((sum, { activity }) => sum + eventTotal(activity), 0)).toBeLessThanOrEqual(2);
      }),
      { numRuns: 40 },
    );
  });
});
