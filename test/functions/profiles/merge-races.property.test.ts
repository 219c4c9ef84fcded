import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ApplyPorts, applyRecords } from '#functions/profiles/apply-records.ts';
import { unmergePair } from '#functions/profiles/unmerge-pair.ts';
import { type CollectedEvent, Pid } from '#shared/events/event.ts';
import { areParted } from '#shared/identity/parted.ts';
import type { Person } from '#shared/profiles/activity.ts';
import { mayHaveRow } from '#shared/profiles/kin.ts';
import type { MergeRepository } from '#shared/profiles/merge-repository.ts';
import { eventTotal } from '#shared/profiles/unmerge-counts.ts';
import { compileSegments } from '#shared/segments/compile.ts';
import { applying } from '#test/support/applying.ts';

const buyers = compileSegments(
  [{ id: 'buyers', name: 'Buyers', condition: { event: { name: 'Viewed', atLeast: 2 } } }],
  1,
);
const definitions = { current: async () => buyers };

/** The same ports, each call of which waits until the scheduler lets it go. */
function scheduled<T extends ApplyPorts & { readonly merges: MergeRepository }>(
  ports: T,
  scheduler: fc.Scheduler,
) {
  const { people, identities, merges } = ports;
  return {
    ...ports,
    people: {
      findMany: scheduler.scheduleFunction(people.findMany),
      findErased: scheduler.scheduleFunction(people.findErased),
      findSpilled: scheduler.scheduleFunction(people.findSpilled),
      spill: scheduler.scheduleFunction(people.spill),
      keepTimeline: scheduler.scheduleFunction(people.keepTimeline),
      joinContact: scheduler.scheduleFunction(people.joinContact),
      write: scheduler.scheduleFunction(people.write),
      merge: scheduler.scheduleFunction(people.merge),
    },
    identities: {
      owners: scheduler.scheduleFunction(identities.owners),
      vacate: scheduler.scheduleFunction(identities.vacate),
      repoint: scheduler.scheduleFunction(identities.repoint),
    },
    merges: {
      tombstones: scheduler.scheduleFunction(merges.tombstones),
      logs: scheduler.scheduleFunction(merges.logs),
      logsOf: scheduler.scheduleFunction(merges.logsOf),
      snapshot: scheduler.scheduleFunction(merges.snapshot),
      partingsOf: scheduler.scheduleFunction(merges.partingsOf),
      unmerge: scheduler.scheduleFunction(merges.unmerge),
    },
  };
}

type Said = Partial<CollectedEvent>;

/** People who each did something, and what then happens to them at once. */
async function race(
  before: readonly Said[],
  atOnce: (there: ReturnType<typeof applying>) => {
    readonly events?: readonly Said[];
    readonly unmerges?: readonly { readonly pid: Pid; readonly absorbed: Pid }[];
  },
  scheduler: fc.Scheduler,
) {
  const there = applying();
  let messages = 0;
  const record = (said: Said) => ({
    ...there.record([{ messageId: `m${messages++}`, ...said }]),
    // as many keys as records, so that λs run side by side
    partitionKey: `k${messages}`,
  });
  for (const said of before) {
    there.clock.now += 1000;
    await there.apply(record(said), { definitions });
  }
  const { events = [], unmerges = [] } = atOnce(there);
  const ports = scheduled({ ...there.ports, merges: there.merges, definitions }, scheduler);
  const records = events.map(record);
  const runs = [
    ...records.map((keyed) => applyRecords(keyed, ports)),
    ...unmerges.map((undo) => unmergePair({ ...undo, by: 'u', isAllowed: () => true }, ports)),
  ];
  await scheduler.waitIdle();
  const outcomes = await Promise.allSettled(runs);
  // the stream gives again what lost too often
  for (const keyed of records) await there.apply(keyed, { definitions });
  return { ...there, outcomes, sent: messages };
}

const counted = (people: readonly Person[]): number =>
  people.reduce((sum, { activity }) => sum + eventTotal(activity), 0);

/** What must hold however it went. */
async function expectSound(there: Awaited<ReturnType<typeof race>>, keys: readonly string[]): Promise<void> {
  const everybody = there.everybody();
  expect(counted(everybody)).toBe(there.sent);
  for (const key of keys) {
    await there.apply(
      there.record([{ ...Object.fromEntries([key.split('#')]), event: 'Asked', messageId: key }]),
      {
        definitions,
      },
    );
    const owner = there.ownerOf(key);
    expect(owner && mayHaveRow(owner, `main#${key}`)).toBe(true);
  }
  const rows = new Map<string, boolean>();
  for (const { pid, mergedInto, transitions } of there.outbox) {
    if (transitions.exited.includes('buyers')) rows.set(pid, false);
    if (transitions.entered.includes('buyers')) rows.set(pid, true);
    if (transitions.moved.includes('buyers')) rows.set(pid, mergedInto === undefined);
  }
  const members = there.everybody().filter(({ activity }) => 'buyers' in activity.segments);
  expect(new Set([...rows].filter(([, isIn]) => isIn).map(([pid]) => pid))).toEqual(
    new Set(members.map(({ pid }) => pid)),
  );
}

const three = [{ anonymousId: 'a' }, { anonymousId: 'b' }, { anonymousId: 'c' }];
const allThree = ['anonymousId#a', 'anonymousId#b', 'anonymousId#c'];
const joins = (anonymousId: string, email: string): Said => ({
  anonymousId,
  type: 'identify',
  traits: { email },
});

describe('races of merges', () => {
  it.each([
    {
      name: 'two merges that share a person',
      before: [...three, joins('a', 'ab@example.com'), joins('b', 'bc@example.com')],
      events: [joins('b', 'ab@example.com'), joins('c', 'bc@example.com')],
      people: 1,
    },
    {
      name: 'two merges of the same pair',
      before: [...three, joins('a', 'ab@example.com')],
      events: [joins('b', 'ab@example.com'), joins('b', 'ab@example.com')],
      people: 2,
    },
    {
      name: 'a merge and events of either side',
      before: [...three, joins('a', 'ab@example.com')],
      events: [
        joins('b', 'ab@example.com'),
        { anonymousId: 'a' },
        { anonymousId: 'b' },
        { anonymousId: 'b' },
      ],
      people: 2,
    },
    {
      name: 'a ring of merges',
      before: [
        ...three,
        joins('a', 'ab@example.com'),
        joins('b', 'bc@example.com'),
        joins('c', 'ca@example.com'),
      ],
      events: [joins('b', 'ab@example.com'), joins('c', 'bc@example.com'), joins('a', 'ca@example.com')],
      people: 1,
    },
  ])('$name end in the same people, each event counted once', async ({ before, events, people }) => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const there = await race(before, () => ({ events }), scheduler);

        expect(there.everybody()).toHaveLength(people);
        await expectSound(there, allThree);
        const logs = await Promise.all(there.everybody().map(({ pid }) => there.merges.logsOf(pid)));
        expect(logs.flat().every(({ cause }) => cause.ofWinner.length > 0 && cause.ofLoser.length > 0)).toBe(
          true,
        );
      }),
      { numRuns: 60 },
    );
  });

  const merged = [...three, joins('b', 'bc@example.com'), joins('c', 'bc@example.com')];
  const undo = ({ ownerOf }: ReturnType<typeof applying>) => {
    const survivor = ownerOf('anonymousId#b');
    const [absorbed] = Object.keys(survivor?.profile.absorbed ?? {});
    if (survivor === undefined || absorbed === undefined) throw new TypeError('nobody is merged');
    return { pid: survivor.pid, absorbed: Pid.parse(absorbed) };
  };

  it.each([
    {
      name: 'events of either side',
      events: [{ anonymousId: 'b' }, { anonymousId: 'c' }, joins('c', 'bc@example.com')],
    },
    { name: 'a merge of the survivor', events: [joins('a', 'bc@example.com')] },
    {
      name: 'a merge by what the other had',
      events: [{ anonymousId: 'c', deviceId: 'd' }, joins('a', 'bc@example.com'), { anonymousId: 'c' }],
    },
    { name: 'another call that does it', events: [{ anonymousId: 'c' }], twice: true },
  ])('an un-merge and $name leave each event in one person', async ({ events, twice = false }) => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const there = await race(
          merged,
          (world) => ({ events, unmerges: twice ? [undo(world), undo(world)] : [undo(world)] }),
          scheduler,
        );

        await expectSound(there, allThree);
        const everybody = there.everybody().map(({ pid, profile }) => ({ pid, ...profile }));
        const apart = everybody.filter(({ parted }) => Object.keys(parted).length > 0);
        // either it was done, and both know, or somebody else was faster and nothing was
        expect([0, 2]).toContain(apart.length);
        const [one, other] = apart;
        if (one !== undefined && other !== undefined) expect(areParted(one, other)).toBe(true);
        expect(there.outcomes.filter(({ status }) => status === 'rejected')).toEqual([]);
      }),
      { numRuns: 80 },
    );
  });
});
