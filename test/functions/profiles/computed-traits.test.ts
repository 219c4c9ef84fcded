import { describe, expect, it } from 'vitest';
import { unmergePair } from '#functions/profiles/unmerge-pair.ts';
import { ComputedTrait } from '#shared/computed/computed-trait.ts';
import { readAggregate } from '#shared/computed/read-aggregate.ts';
import type { CollectedEvent } from '#shared/events/event.ts';
import { compileSegments } from '#shared/segments/compile.ts';
import { applying } from '#test/support/applying.ts';
import { counting } from '#test/support/computed-rules.ts';

const DAY = 86_400_000;

const traits = [
  { id: 'spent', function: 'sum', property: 'total', window: { days: 7 } },
  { id: 'brands', function: 'uniqueList', property: 'brand' },
  { id: 'last-brand', function: 'last', property: 'brand' },
].map((trait) => ComputedTrait.parse({ name: trait.id, event: 'Order Completed', ...trait }));

/** A λ that counts computed traits. */
function stage() {
  const there = applying();
  const computed = counting([], { traits });
  const compiled = compileSegments([], 1, { computed });
  const definitions = { current: async () => compiled };
  let messages = 0;
  return {
    ...there,
    definitions,
    async send(...events: readonly Partial<CollectedEvent>[]) {
      const record = there.record(
        events.map((said) => ({ messageId: `m${messages++}`, timestamp: there.clock.now, ...said })),
      );
      await there.apply(record, { definitions });
      return record;
    },
    again: (record: ReturnType<typeof there.record>) => there.apply(record, { definitions }),
    read(key: string, name: string): unknown {
      const person = there.ownerOf(key);
      const ref = computed.named.get(name);
      if (person === undefined || ref === undefined) throw new TypeError(`nothing is known of ${key}`);
      return readAggregate(person.activity, ref, there.clock.now).value;
    },
  };
}

const order = (total: number, brand: string): Partial<CollectedEvent> => ({
  event: 'Order Completed',
  properties: { total, brand },
});

describe('computed traits', () => {
  it('count each event once, however often its record comes', async () => {
    const { send, again, read } = stage();

    const record = await send(order(10.1, 'aster'), order(0.2, 'calla'));
    await again(record);
    await again(record);

    expect(read('anonymousId#a1', 'spent')).toBe(10.3);
    expect(read('anonymousId#a1', 'brands')).toEqual(['calla', 'aster']);
  });

  it('leave their window by themselves', async () => {
    const { send, read, clock } = stage();

    await send(order(10, 'aster'));
    clock.now += 6 * DAY;
    await send(order(5, 'calla'));
    expect(read('anonymousId#a1', 'spent')).toBe(15);
    clock.now += DAY;
    expect(read('anonymousId#a1', 'spent')).toBe(5);
    clock.now += 6 * DAY;

    expect(read('anonymousId#a1', 'spent')).toBe(0);
    expect(read('anonymousId#a1', 'brands')).toEqual(['calla', 'aster']);
  });

  it('are one when people turn out to be one, and two when they are set apart again', async () => {
    const { send, read, ownerOf, clock, ...there } = stage();
    const identify = (anonymousId: string): Partial<CollectedEvent> => ({
      type: 'identify',
      anonymousId,
      traits: { email: 'ada@example.com' },
    });
    await send({ ...order(10, 'aster'), anonymousId: 'a1' }, identify('a1'));
    await send({ ...order(5, 'calla'), anonymousId: 'a2' });
    const absorbed = ownerOf('anonymousId#a2')?.pid;

    await send(identify('a2'));
    expect(read('anonymousId#a1', 'spent')).toBe(15);
    expect(read('anonymousId#a1', 'brands')).toEqual(['calla', 'aster']);

    const pid = ownerOf('anonymousId#a1')?.pid;
    if (pid === undefined || absorbed === undefined) throw new TypeError('both are known');
    await unmergePair(
      { pid, absorbed, by: 'u-admin', isAllowed: () => true },
      { ...there, now: () => clock.now, pause: async () => {} },
    );
    expect([read('anonymousId#a1', 'spent'), read('anonymousId#a1', 'last-brand')]).toEqual([10, 'aster']);
    const apart = (await there.people.findMany([absorbed])).get(absorbed);
    expect(Object.keys(apart?.activity.computed ?? {})).toEqual(expect.arrayContaining(['1', '2', '3']));
  });
});
