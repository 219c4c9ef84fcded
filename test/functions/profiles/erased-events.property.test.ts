import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SETTLE_MS } from '#functions/profiles/erase-person.ts';
import type { CollectedEvent } from '#shared/events/event.ts';
import { eventTotal } from '#shared/profiles/unmerge-counts.ts';
import { definitions, withAda } from '#test/support/erasing.ts';

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

  it('leaves out a stronger identifier than one that the person has themselves', async () => {
    const there = await withAda();
    await there.send({ userId: 'bob', anonymousId: 'b1' });
    const happenedAt = there.clock.now;
    await there.erase(there.ada);

    const said = { userId: 'bob', type: 'identify' as const, traits: { email: 'a@b.fr' }, anonymousId: 'b1' };
    expect(await there.send({ ...said, timestamp: happenedAt })).toMatchObject({ applied: 1, merges: 0 });

    expect(there.ownerOf('anonymousId#b1')).toMatchObject({ pid: there.bob });
    expect(there.ownerOf('email#a@b.fr')).toBeUndefined();
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
        expect(next.every(({ activity }) => activity.events.Old === undefined)).toBe(true);
        expect(next.reduce((sum, { activity }) => sum + eventTotal(activity), 0)).toBeLessThanOrEqual(2);
      }),
      { numRuns: 40 },
    );
  });
});
