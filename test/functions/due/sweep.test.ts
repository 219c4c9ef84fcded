import { describe, expect, it } from 'vitest';
import { spread } from '#functions/adapters/dynamodb/audience-shards.ts';
import type { SweepPlaces } from '#functions/adapters/dynamodb/sweep-places.ts';
import type { KeyedRecord } from '#functions/adapters/kinesis/events-stream.ts';
import { type SweepPorts, sweep } from '#functions/due/sweep.ts';
import type { Person } from '#shared/profiles/activity.ts';
import { DUE_SHARDS } from '#shared/segments/due-index.ts';
import { AGAIN_AFTER_MS } from '#shared/segments/sweep-pass.ts';
import { MINUTE } from '#test/support/deadlines/timed-definitions.ts';
import { memoryDueIndex } from '#test/support/memory-due-index.ts';
import { person } from '#test/support/person.ts';

const NOW = 1_700_000_000_000;

function world(people: readonly Person[], over: Partial<SweepPorts> = {}) {
  const none: SweepPlaces = new Map();
  const state = { people, now: NOW, places: none, saved: 0, reads: 0 };
  const records: KeyedRecord[] = [];
  const index = memoryDueIndex(() => state.people);
  const ports: SweepPorts = {
    due: {
      find(query) {
        state.reads += 1;
        return index.find(query);
      },
    },
    places: {
      read: async () => state.places,
      async save(places) {
        state.places = places;
        state.saved += 1;
      },
    },
    stream: { put: async (put) => void records.push(...put) },
    now: () => state.now,
    pace: async () => {},
    isOver: () => false,
    ...over,
  };
  const pidsOf = ({ record }: KeyedRecord): readonly string[] => ('tick' in record ? record.tick.pids : []);
  return {
    state,
    records,
    /** Who is put on the stream by so many runs, in order. */
    async run(runs = 1): Promise<readonly string[]> {
      records.splice(0);
      for (let n = 0; n < runs; n++) await sweep(ports);
      return records.flatMap(pidsOf).sort();
    },
    pidsOf,
  };
}

const due = (count: number, dueAt = NOW, name = 'p'): readonly Person[] =>
  Array.from({ length: count }, (_, n) => person(`${name}${n}`, { activity: { dueAt } }));

describe('sweep', () => {
  it('reads each shard once and writes nothing while nobody is due', async () => {
    const w = world([...due(9, NOW + 1), person('never')]);

    expect(await w.run(3)).toEqual([]);
    expect(w.state).toMatchObject({ saved: 0, reads: 3 * 64 });
  });

  it('puts everybody who is due in records of a hundred, spread over the stream', async () => {
    const w = world(due(20_000));

    const put = await w.run();

    expect(put).toEqual(w.state.people.map(({ pid }) => pid).sort());
    expect(Math.max(...w.records.map((record) => w.pidsOf(record).length))).toBe(100);
    expect(w.records.length).toBeLessThan(20_000 / 100 + 64 + 1);
    expect(new Set(w.records.map(({ partitionKey }) => partitionKey)).size).toBe(64);
  });

  it('puts nobody again a minute later, and whoever becomes due once', async () => {
    const w = world(due(50));
    await w.run();
    w.state.now += MINUTE;
    w.state.people = [...w.state.people, ...due(7, NOW + 1, 'later')];

    expect(await w.run()).toEqual(w.state.people.slice(50).map(({ pid }) => pid));
    expect(await w.run()).toEqual([]);
  });

  it('puts whoever stands there still again, at greater and greater distances, and never more often', async () => {
    const w = world(due(1));
    const times: number[] = [];

    for (let minute = 0; minute < 72 * 60; minute++) {
      if ((await w.run()).length > 0) times.push(minute);
      w.state.now += MINUTE;
    }

    const gaps = times.slice(1).map((time, n) => time - (times[n] ?? 0));
    const waits = AGAIN_AFTER_MS.map((wait) => wait / MINUTE);
    expect(gaps.slice(0, 4).every((gap, n) => gap >= (waits[n] ?? 0) && gap <= (waits[n] ?? 0) + 2)).toBe(
      true,
    );
    expect(gaps.slice(4).every((gap) => gap >= 13 * 60 && gap <= 13 * 60 + 2)).toBe(true);
    expect(gaps.length).toBeGreaterThan(6);
  });

  it('finds whoever came into the index late, within minutes', async () => {
    const w = world(due(30));
    await w.run();
    w.state.now += MINUTE;
    await w.run();
    w.state.people = due(64, NOW - 1, 'late');
    const waited: number[] = [];

    while (waited.length < 10) {
      const put = await w.run();
      w.state.people = w.state.people.filter(({ pid }) => !put.includes(pid));
      waited.push(w.state.people.length);
      w.state.now += MINUTE;
    }

    expect(waited.at(4)).toBe(0);
  });

  it('catches up after hours in which nothing ran, with everybody once', async () => {
    const people = Array.from({ length: 300 }, (_, n) =>
      person(`p${n}`, { activity: { dueAt: NOW + n * 10 * MINUTE } }),
    );
    const w = world(people);
    await w.run();
    w.state.people = people.slice(1);
    w.state.now += 300 * 10 * MINUTE;

    expect(await w.run()).toEqual(
      people
        .slice(1)
        .map(({ pid }) => pid)
        .sort(),
    );
  });

  it('goes on where a run had to stop, also in the midst of those who are due at once', async () => {
    let pages = 0;
    const ofOneShard = due(150_000).filter(({ pid }) => spread(pid, DUE_SHARDS) === 5);
    const w = world(ofOneShard, { isOver: () => pages++ % 2 === 1 });
    const runs: (readonly string[])[] = [];

    for (let n = 0; n < 8; n++) runs.push(await w.run());

    expect(ofOneShard.length).toBeGreaterThan(2_200);
    expect(Math.max(...runs.map((put) => put.length))).toBe(1_000);
    expect(runs.flat().sort()).toEqual(ofOneShard.map(({ pid }) => pid).sort());
  });

  it('keeps what is durable in the stream and no more, when a put fails', async () => {
    let puts = 0;
    const kept: KeyedRecord[] = [];
    const w = world(due(300), {
      stream: {
        async put(records) {
          puts += 1;
          if (puts === 5) throw new Error('the stream refuses');
          kept.push(...records);
        },
      },
    });

    await expect(w.run()).rejects.toThrow('the stream refuses');
    expect(w.state.saved).toBe(1);
    await w.run();

    const put = kept.flatMap(w.pidsOf).sort();
    expect(put).toEqual(w.state.people.map(({ pid }) => pid).sort());
  });

  it('asks for each page whether the stream may take it', async () => {
    const asked: number[] = [];
    const w = world(due(500), { pace: async (people) => void asked.push(people) });

    await w.run();

    expect(asked.reduce((sum, people) => sum + people, 0)).toBe(500);
  });
});
