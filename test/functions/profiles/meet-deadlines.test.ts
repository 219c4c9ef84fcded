import { beforeEach, describe, expect, it } from 'vitest';
import { meetDeadlines, type Tick } from '#functions/profiles/meet-deadlines.ts';
import { readRecords } from '#functions/profiles/read-records.ts';
import { logger } from '#functions/runtime/telemetry.ts';
import { Pid } from '#shared/events/event.ts';
import { PersonContentionError } from '#shared/kernel/errors.ts';
import type { PeopleRepository } from '#shared/profiles/people-repository.ts';
import { applying } from '#test/support/applying.ts';
import { MINUTE, TIMED } from '#test/support/deadlines/timed-definitions.ts';

const tick = (...pids: readonly string[]): Tick => ({
  pids: pids.map((pid) => Pid.parse(pid)),
  isOverdue: false,
});

/** Ada, Bob and Eve, who viewed something just now. */
async function world() {
  const there = applying();
  const ports = { ...there.ports, definitions: { current: async () => TIMED } };
  for (const userId of ['ada', 'bob', 'eve']) {
    const viewed = there.record([{ userId, timestamp: there.clock.now }]);
    await there.apply(viewed, ports);
  }
  return { there, ports, everybody: tick('p0', 'p1', 'p2') };
}

type World = Awaited<ReturnType<typeof world>>;

/** The same people, whose reads or writes fail. */
const failing = ({ ports }: World, people: Partial<PeopleRepository>) => ({
  ...ports,
  people: { ...ports.people, ...people },
});

const segmentsOf = ({ there }: World) =>
  there.everybody().map(({ activity }) => Object.keys(activity.segments).join());

describe('meetDeadlines', () => {
  let w: World;
  beforeEach(async () => {
    logger.setLogLevel('SILENT');
    w = await world();
  });

  it('moves whoever is due, tells of it in the same write, and says how late it was', async () => {
    w.there.clock.now += 10 * MINUTE + 1_500;
    const before = w.there.outbox.length;

    const counts = await meetDeadlines([w.everybody], w.ports);

    expect(counts).toEqual({ met: 3, lagMs: 1_500, left: 0 });
    expect(segmentsOf(w)).toEqual(['', '', '']);
    const told = w.there.outbox.slice(before).map(({ pid, transitions }) => ({ pid, ...transitions }));
    expect(told).toEqual(
      ['p0', 'p1', 'p2'].map((pid) => ({
        ...{ pid, n: 2, at: w.there.clock.now },
        ...{ entered: [], exited: ['recent'], moved: [] },
      })),
    );
    expect(w.there.everybody().map(({ activity }) => activity.dueAt)).toEqual(
      Array.from({ length: 3 }, () => w.there.clock.now - 1_500 + 20 * MINUTE),
    );
  });

  it('writes nobody who is not due yet, who is done already, or who is not there', async () => {
    w.there.clock.now += 10 * MINUTE;
    await meetDeadlines([tick('p0')], w.ports);
    const versions = () => w.there.everybody().map(({ activity }) => activity.version);
    expect(versions()).toEqual([2, 1, 1]);
    w.there.clock.now -= 1;

    const counts = await meetDeadlines([tick('p0', 'p1', 'nobody'), tick('p0')], w.ports);

    expect(counts).toEqual({ met: 0, lagMs: 0, left: 0 });
    expect(versions()).toEqual([2, 1, 1]);
  });

  it('goes on over what others write meanwhile', async () => {
    w.there.clock.now += 10 * MINUTE;
    let events = 0;
    const ports = failing(w, {
      async write(change) {
        if (events++ < 3)
          await w.there.apply(
            w.there.record([{ userId: 'ada', messageId: `m${events}`, timestamp: 1 }]),
            w.ports,
          );
        return w.ports.people.write(change);
      },
    });

    expect(await meetDeadlines([tick('p0')], ports)).toMatchObject({ left: 0 });

    expect(segmentsOf(w)).toEqual(['', 'recent', 'recent']);
  });

  it('lets a tick come again when somebody changes all the time, with the others written', async () => {
    w.there.clock.now += 10 * MINUTE;
    const ports = failing(w, {
      write: async (change) => (change.person.pid === 'p1' ? 'conflict' : w.ports.people.write(change)),
    });

    await expect(meetDeadlines([w.everybody], ports)).rejects.toThrow(PersonContentionError);

    expect(segmentsOf(w)).toEqual(['', 'recent', '']);
  });

  it('lets a tick come again for a fault that passes, with the others written', async () => {
    w.there.clock.now += 10 * MINUTE;
    const throttled = Object.assign(new Error('slow down'), { name: 'ThrottlingException' });
    const ports = failing(w, {
      async write(change) {
        if (change.person.pid === 'p0') throw throttled;
        return w.ports.people.write(change);
      },
    });

    await expect(meetDeadlines([w.everybody], ports)).rejects.toThrow(throttled);

    expect(segmentsOf(w)).toEqual(['recent', '', '']);
  });

  it('leaves to the sweep whoever failed for half a day: no record is given up for them', async () => {
    w.there.clock.now += 10 * MINUTE;
    const ports = failing(w, {
      findMany: async () => Promise.reject(Object.assign(new Error('no'), { name: 'ThrottlingException' })),
    });

    const counts = await meetDeadlines([{ ...w.everybody, isOverdue: true }], ports);

    expect(counts).toEqual({ met: 0, lagMs: 0, left: 3 });
  });

  it.each(['findMany', 'write'] as const)(
    'leaves whoever can never be read or written, and no other: %s',
    async (call) => {
      w.there.clock.now += 10 * MINUTE;
      const poison = Pid.parse('p1');
      const ports = failing(w, {
        async findMany(pids) {
          if (call === 'findMany' && pids.includes(poison)) throw new TypeError('no person');
          return w.ports.people.findMany(pids);
        },
        async write(change) {
          if (call === 'write' && change.person.pid === poison) throw new TypeError('no store takes this');
          return w.ports.people.write(change);
        },
      });

      const counts = await meetDeadlines([w.everybody], ports);

      expect(counts).toMatchObject({ met: 2, left: 1 });
      expect(segmentsOf(w)).toEqual(['', 'recent', '']);
    },
  );
});

describe('a record of the stream that is a tick', () => {
  it('is read as one, with its age, beside records of events', async () => {
    const { there, ports } = await world();
    const data = (said: unknown) => Buffer.from(JSON.stringify(said));
    const { record } = there.record([{ userId: 'ada' }]).records[0] ?? {};
    const arrivedAt = there.clock.now;
    const records = [
      { sequenceNumber: '1', data: data({ v: 1, tick: { pids: ['p0', 'p1'] } }), arrivedAt },
      { sequenceNumber: '2', data: data(record), arrivedAt },
      { sequenceNumber: '3', data: data({ v: 1, tick: { pids: [] } }), arrivedAt },
      { sequenceNumber: '4', data: data({ v: 1, tick: { pids: ['p2'] } }), arrivedAt: arrivedAt - 2 },
    ];

    const read = await readRecords(
      { stream: 's', partitionKey: 'due#1', records },
      { ...ports, giveUpAfterMs: 1 },
    );

    expect(read.ticks).toEqual([
      { pids: ['p0', 'p1'], isOverdue: false },
      { pids: ['p2'], isOverdue: true },
    ]);
    expect(read.events.records.map(({ sequenceNumber }) => sequenceNumber)).toEqual(['2']);
    expect([...there.quarantined.keys()]).toEqual(['3 0']);
  });
});
