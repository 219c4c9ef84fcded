import { describe, expect, it } from 'vitest';
import type { ApplyPorts, KeyedRecords } from '#functions/profiles/apply-records.ts';
import { readRecords } from '#functions/profiles/read-records.ts';
import { CollectedEvent } from '#shared/events/event.ts';
import { applying } from '#test/support/applying.ts';

type World = ReturnType<typeof applying>;
type Write = ApplyPorts['people']['write'];

const DAY = 86_400_000;
const throttled = Object.assign(new Error('slow down'), { name: 'ThrottlingException' });

const overdue = (keyed: KeyedRecords): KeyedRecords => ({
  ...keyed,
  records: keyed.records.map((record) => ({ ...record, isOverdue: true })),
});

const named = (...names: readonly string[]): readonly Partial<CollectedEvent>[] =>
  names.map((event) => ({ userId: 'u', event, messageId: event }));

/** Writes of people who had this event go as `write` says. */
const failingOn = (there: World, event: string, write: Write): Partial<ApplyPorts> => ({
  people: {
    ...there.ports.people,
    write: (change) =>
      Object.hasOwn(change.person.activity.events, event) ? write(change) : there.ports.people.write(change),
  },
});

const redriveOf = ({ quarantined, record }: World): KeyedRecords =>
  record(
    [...quarantined.values()].map(({ event }) => CollectedEvent.parse(event)),
    { redrive: true },
  );

describe('an overdue record', () => {
  it('is given up by the event: exactly what fails is quarantined, with all that it takes to redrive it', async () => {
    const there = applying();
    const keyed = overdue(there.record(named('before', 'stuck', 'after')));

    const counts = await there.apply(
      keyed,
      failingOn(there, 'stuck', () => Promise.reject(throttled)),
    );

    expect(counts).toMatchObject({ applied: 2, quarantined: 1, givenUp: 1 });
    expect(['before', 'stuck', 'after'].map((name) => there.countOf('userId#u', name))).toEqual([1, 0, 1]);
    const [held] = keyed.records;
    const { events, ...header } = held?.record ?? { events: [] };
    expect([...there.quarantined]).toEqual([
      [
        `${held?.sequenceNumber}-1 0`,
        { reason: 'given_up', receivedAt: there.clock.now, event: events[1], record: header },
      ],
    ]);
  });

  it('is given up where others are always faster', async () => {
    const there = applying();

    await there.apply(
      overdue(there.record(named('stuck', 'after'))),
      failingOn(there, 'stuck', async () => 'conflict'),
    );

    expect([...there.quarantined.values()].map(({ reason }) => reason)).toEqual(['given_up']);
    expect(there.countOf('userId#u', 'after')).toBe(1);
  });

  it.each([{ names: ['first'] }, { names: ['first', 'second'] }])(
    'quarantines nothing whose write went through although its answer was lost, and tells it: $names',
    async ({ names }) => {
      const there = applying();
      const lostAnswer: Write = async (change) => {
        await there.ports.people.write(change);
        throw throttled;
      };

      const keyed = overdue(there.record(named(...names)));
      // it may come again
      await there.apply(keyed, failingOn(there, 'first', lostAnswer)).catch(() => {});
      const counts = await there.apply(keyed);

      expect(counts).toMatchObject({ quarantined: 0, givenUp: 0, applied: 0 });
      expect(there.quarantined.size).toBe(0);
      expect([...there.timeline.values()].flatMap(({ events }) => events.map(({ name }) => name))).toEqual(
        names,
      );
      expect(names.map((name) => there.countOf('userId#u', name))).toEqual(names.map(() => 1));
    },
  );

  it('is told when it is redriven, where its write arrived after it was quarantined', async () => {
    const there = applying();
    const late: Parameters<Write>[0][] = [];
    const hold: Write = async (change) => {
      late.push(change);
      throw throttled;
    };
    await there.apply(overdue(there.record(named('stuck'))), failingOn(there, 'stuck', hold));
    for (const change of late.slice(-1)) await there.ports.people.write(change);

    await there.apply(there.record(named('stuck'), { redrive: true }));

    expect(there.countOf('userId#u', 'stuck')).toBe(1);
    expect([...there.timeline.values()].flatMap(({ events }) => events.map(({ name }) => name))).toEqual([
      'stuck',
    ]);
  });

  it('comes again when it cannot even be read whether an event was applied', async () => {
    const there = applying();
    const unreadable = { ...there.ports.identities, owners: () => Promise.reject(throttled) };

    const attempt = there.apply(overdue(there.record(named('a'))), { identities: unreadable });

    await expect(attempt).rejects.toThrow(throttled);
    expect(there.quarantined.size).toBe(0);
  });

  it('counts once whose write arrives after it was quarantined, and which is redriven a year later', async () => {
    const there = applying();
    const late: Parameters<Write>[0][] = [];
    await there.apply(
      overdue(there.record(named('stuck'))),
      failingOn(there, 'stuck', async (change) => {
        late.push(change);
        throw throttled;
      }),
    );
    expect(there.quarantined.size).toBe(1);
    const [last] = late.slice(-1);
    if (last !== undefined) await there.ports.people.write(last);
    for (let n = 0; n < 40; n++)
      await there.apply(there.record([{ userId: 'u', event: 'Busy', messageId: `b${n}` }]));

    there.clock.now += 365 * DAY;
    await there.apply(redriveOf(there));

    expect(there.countOf('userId#u', 'stuck')).toBe(1);
  });

  it('is one that arrived longer ago than a mapping may be trusted with, and no other', async () => {
    const there = applying();
    const { record } = there.record(named('a')).records[0] ?? {};
    const data = Buffer.from(JSON.stringify(record));
    const now = there.clock.now;
    const arrived = [now - 5_001, now - 5_000].map((arrivedAt, n) => ({
      sequenceNumber: `${n}`,
      data,
      arrivedAt,
    }));

    const { events } = await readRecords(
      { stream: 's', partitionKey: 'k', records: arrived },
      { ...there.ports, giveUpAfterMs: 5_000 },
    );

    expect(events.records.map(({ isOverdue }) => isOverdue)).toEqual([true, false]);
  });
});

describe('a redriven event', () => {
  /** Enough of other messages, and of time, for nothing but a note to tell it. */
  async function forget(there: World): Promise<void> {
    for (let n = 0; n < 40; n++) {
      await there.apply(there.record([{ userId: 'u', event: 'Busy', messageId: `${there.clock.now}-${n}` }]));
    }
    there.clock.now += 100 * DAY;
  }

  it('counts once, however often it is redriven and however late', async () => {
    const there = applying();
    const again = () => there.record(named('given up'), { redrive: true });

    await there.apply(again());
    await there.apply(again());
    await forget(there);
    await there.apply(again());

    expect(there.countOf('userId#u', 'given up')).toBe(1);
  });

  it('counts once when it had been applied before it was redriven', async () => {
    const there = applying();
    await there.apply(there.record(named('applied')));

    await there.apply(there.record(named('applied'), { redrive: true }));
    await forget(there);
    await there.apply(there.record(named('applied'), { redrive: true }));

    expect(there.countOf('userId#u', 'applied')).toBe(1);
  });

  it('counts once when its person was absorbed by another in between', async () => {
    const there = applying();
    await there.apply(there.record([{ anonymousId: 'older', messageId: 'o', event: 'Other' }]));
    there.clock.now += DAY;
    await there.apply(there.record(named('given up'), { redrive: true }));
    const join = { userId: 'u', anonymousId: 'older', messageId: 'join', event: 'Joined' };
    const before = there.ownerOf('userId#u')?.pid;
    await there.apply(there.record([join]));
    expect(there.ownerOf('userId#u')?.pid).not.toBe(before);
    await forget(there);

    await there.apply(there.record(named('given up'), { redrive: true }));

    expect(there.countOf('userId#u', 'given up')).toBe(1);
  });

  it('counts once when two are applied at once, or the function ends in between', async () => {
    const there = applying();
    const keyed = () => there.record(named('x', 'y'), { redrive: true });
    let writes = 0;
    const dying: Partial<ApplyPorts> = {
      people: {
        ...there.ports.people,
        async write(change) {
          const written = await there.ports.people.write(change);
          if (writes++ === 0) throw new Error('killed');
          return written;
        },
      },
    };

    await there.apply(keyed(), dying).catch(() => {});
    await Promise.all([there.apply(keyed()), there.apply(keyed())]);
    await forget(there);
    await there.apply(keyed());

    expect(['x', 'y'].map((name) => there.countOf('userId#u', name))).toEqual([1, 1]);
  });

  it('goes in no larger transactions than a table takes, however many there are of one person', async () => {
    const there = applying();
    const sizes: number[] = [];
    const events = Array.from({ length: 250 }, (_, n) => ({
      userId: 'u',
      anonymousId: `a${n}`,
      messageId: `m${n}`,
    }));
    const watched: Partial<ApplyPorts> = {
      people: {
        ...there.ports.people,
        async write(change) {
          sizes.push(2 + change.claims.length + (change.redriven?.length ?? 0));
          return there.ports.people.write(change);
        },
      },
    };

    await there.apply(there.record(events, { redrive: true }), watched);

    expect(there.countOf('userId#u')).toBe(250);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(100);
  });
});

describe('an event addressed to somebody', () => {
  it("is nobody's only when a consistent read says so", async () => {
    const there = applying();
    await there.apply(there.record(named('a')));
    const pid = there.ownerOf('userId#u')?.pid;
    if (pid === undefined) throw new TypeError('nobody');
    const stale: Partial<ApplyPorts> = {
      people: {
        ...there.ports.people,
        findMany: async (pids, options) =>
          options?.consistent ? there.ports.people.findMany(pids, options) : new Map(),
      },
    };

    await there.apply(there.record([{ event: 'Email Opened', messageId: 'o' }], { person: { pid } }), stale);

    expect(there.quarantined.size).toBe(0);
    expect(there.countOf('userId#u', 'Email Opened')).toBe(1);
  });
});
