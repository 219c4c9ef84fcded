import { beforeEach, describe, expect, it } from 'vitest';
import { redriveKept } from '#functions/quarantine/redrive.ts';
import { LIMITS } from '#shared/events/limits.ts';
import { TrackingPlan } from '#shared/plans/tracking-plan.ts';
import { redriving, webSource } from '#test/support/redriving.ts';

const DAY = 86_400_000;
const all = () => true;
let w: ReturnType<typeof redriving>;
beforeEach(async () => {
  w = redriving();
  await w.sources.put(webSource());
});

describe('an event that a tracking plan refuses', () => {
  const plan = (type: string) =>
    TrackingPlan.parse({
      id: 'p',
      name: 'P',
      events: { Order: { schema: { properties: { total: { type } } } } },
      violations: 'quarantine',
    });
  const order = { type: 'track', event: 'Order', userId: 'u', messageId: 'm', properties: { total: '9,50' } };

  beforeEach(async () => {
    await w.plans.put(plan('number'));
    await w.sources.put(webSource({ trackingPlan: 'p' }));
  });

  it('stays while it is refused, with what is wrong by the plan as it is now', async () => {
    await w.send({ batch: [order] });
    await w.plans.put(plan('boolean'));
    await w.sources.put(webSource({ trackingPlan: 'p', traits: { deny: ['ssn'] } }));

    expect(await redriveKept(w.key(), all, w.ports)).toEqual({ redriven: 0, left: { plan_violation: 1 } });
    expect(await w.quarantine.read(w.key())).toMatchObject([
      { reason: 'plan_violation', details: ['type /properties/total'] },
    ]);
    await w.plans.put({ ...plan('boolean'), unplannedEvents: 'quarantine', events: {} });
    await redriveKept(w.key(), all, w.ports);
    expect(await w.quarantine.read(w.key())).toMatchObject([
      { reason: 'plan_violation', details: ['unplanned_event'] },
    ]);
  });

  it('is applied once, with the time that it had, when the plan takes it', async () => {
    const sentAt = w.there.clock.now;
    await w.send({ batch: [{ ...order, timestamp: new Date(sentAt - 3_600_000).toISOString() }] });
    await w.plans.put(plan('string'));
    w.there.clock.now += 50 * DAY;
    const key = w.key();

    expect(await redriveKept(key, all, w.ports)).toEqual({ redriven: 1, left: {} });
    expect(w.stream[0]?.record).toMatchObject({
      redrive: true,
      receivedAt: sentAt,
      events: [{ messageId: 'm', timestamp: sentAt - 3_600_000 }],
    });
    expect(await redriveKept(key, all, w.ports)).toBeUndefined();
  });

  it('stays once it is denied or its source is gone, and is asked again when neither is so', async () => {
    await w.send({ batch: [order] });

    await w.sources.put(webSource({ events: { deny: ['Order'] } }));
    expect(await redriveKept(w.key(), all, w.ports)).toEqual({ redriven: 0, left: { event_denied: 1 } });
    expect((await w.quarantine.read(w.key()))[0]).not.toHaveProperty('details');
    await w.sources.put(webSource({ enabled: false }));
    expect(await redriveKept(w.key(), all, w.ports)).toEqual({ redriven: 0, left: { unknown_source: 1 } });
    await w.sources.put(webSource({ trackingPlan: 'p' }));
    expect(await redriveKept(w.key(), all, w.ports)).toEqual({ redriven: 0, left: { plan_violation: 1 } });
    await w.sources.put(webSource());
    expect(await redriveKept(w.key(), all, w.ports)).toEqual({ redriven: 1, left: {} });
  });
});

describe('a call that was never understood', () => {
  const bad = { type: 'track', event: 'Order', userId: 'u', messageId: 'm', timestamp: 'yesterday' };

  it('stays, with the reason that it has now, while it is still bad', async () => {
    await w.send({ batch: [bad, { ...bad, type: 'other' }] });

    // To write it again would keep it for longer than is said
    const replace = () => Promise.reject(new Error('written again'));

    expect(await redriveKept(w.key(), all, { ...w.ports, quarantine: { ...w.quarantine, replace } })).toEqual(
      {
        redriven: 0,
        left: { bad_timestamp: 1, unknown_type: 1 },
      },
    );
    expect(w.stream).toEqual([]);
  });

  it('is taken in at once where nothing is wrong with it but its place in a batch', async () => {
    const good = (n: number) => ({ type: 'track', event: 'Order', userId: 'u', messageId: `m${n}` });
    await w.send({ batch: Array.from({ length: LIMITS.batchEvents + 2 }, (_, n) => good(n)) });
    w.stream.length = 0;

    expect(await redriveKept(w.key(), all, w.ports)).toEqual({ redriven: 2, left: {} });
    expect(w.stream[0]?.record.events).toMatchObject([{ messageId: 'm2500' }, { messageId: 'm2501' }]);
  });

  it.each([
    [true, true, { ip: '198.51.100.7' }],
    [true, false, {}],
    [false, true, {}],
  ])('keeps an address if its source did then and does today: %s, %s', async (then, ip, expected) => {
    await w.sources.put(webSource({ ip: then }));
    await w.send({ batch: [{ ...bad, context: { ip: '198.51.100.7' } }] });
    await mend(w.key());
    await w.sources.put(webSource({ ip }));

    await redriveKept(w.key(), all, w.ports);

    expect(w.stream[0]?.record.events[0]?.context).toEqual(expected);
  });

  it('stays while its source does not want it, and loses the traits that its source does not want', async () => {
    await w.send({
      batch: [
        bad,
        { ...bad, messageId: 'n', event: 'Viewed', context: { traits: { ssn: 1, city: 'Lyon' } } },
      ],
    });
    await mend(w.key());
    await w.sources.put(webSource({ events: { deny: ['Order'] }, traits: { deny: ['ssn'] } }));

    expect(await redriveKept(w.key(), all, w.ports)).toEqual({ redriven: 1, left: { event_denied: 1 } });
    expect(w.stream[0]?.record.events).toMatchObject([
      { messageId: 'n', context: { traits: { city: 'Lyon' } } },
    ]);
    expect(w.stream[0]?.record.events[0]?.context?.traits).toEqual({ city: 'Lyon' });
  });

  it('is taken in as its route and request meant it, with its first receipt, once it is understood', async () => {
    const receivedAt = w.there.clock.now;
    await w.send({
      batch: [bad],
      context: { locale: 'fr' },
      sentAt: new Date(receivedAt - 3_600_000).toISOString(),
    });
    await mend(w.key());
    w.there.clock.now += 50 * DAY;

    expect(await redriveKept(w.key(), all, w.ports)).toEqual({ redriven: 1, left: {} });
    expect(w.stream).toEqual([
      {
        partitionKey: 'userId#u',
        record: {
          v: 1,
          source: { id: 'web', legalEntity: 'main', market: 'fr', brand: 'main' },
          receivedAt,
          redrive: true,
          events: [
            expect.objectContaining({
              messageId: 'm',
              timestamp: receivedAt - 7_200_000 + 3_600_000,
              context: { locale: 'fr' },
            }),
          ],
        },
      },
    ]);
    expect(w.quarantine.keys()).toEqual([]);
  });

  it('is taken in as the call that its route named', async () => {
    await w.send({ userId: 'u', messageId: 'm' }, 'track');
    const [entry] = await w.quarantine.read(w.key());
    if (entry === undefined) throw new TypeError('nothing kept');
    await w.quarantine.replace(w.key(), [{ ...entry, event: { ...Object(entry.event), event: 'Order' } }]);

    await redriveKept(w.key(), all, w.ports);
    await w.flow();

    expect(w.there.countOf('userId#u', 'Order')).toBe(1);
  });

  it('stays when its source is gone or disabled', async () => {
    await w.send({ batch: [bad] });
    await mend(w.key());

    await w.sources.put(webSource({ enabled: false }));
    expect(await redriveKept(w.key(), all, w.ports)).toEqual({ redriven: 0, left: { unknown_source: 1 } });
    await w.sources.put(webSource());
    expect(await redriveKept(w.key(), all, w.ports)).toEqual({ redriven: 1, left: {} });
  });

  it('stays when what its request shared was too much to keep', async () => {
    const context = { text: 'x'.repeat(40_000) };
    await w.send({ context, batch: [{ type: 'track', event: 'Order', userId: 'u', messageId: 'm' }] });

    expect(await redriveKept(w.key(), all, w.ports)).toEqual({
      redriven: 0,
      left: { batch_context_too_large: 1 },
    });
  });

  /** What a person does to an entry whose sender was wrong, or a later version to what it reads. */
  async function mend(key: string): Promise<void> {
    const timestamp = new Date(w.there.clock.now - 7_200_000).toISOString();
    const entries = await w.quarantine.read(key);
    await w.quarantine.replace(
      key,
      entries.map((entry) => ({ ...entry, event: { ...Object(entry.event), timestamp } })),
    );
  }
});

describe('a record that was none of ours', () => {
  it('stays while it is not, and is taken in whole by a version that reads it', async () => {
    const [ours] = w.there.record([{ userId: 'u', messageId: 'm' }]).records;
    const bytes = (data: string) => ({
      reason: 'bad_record',
      receivedAt: 0,
      event: Buffer.from(data).toString('base64'),
    });
    await w.quarantine.keep({
      source: 'stream',
      id: '1',
      entries: [bytes('what?'), bytes(JSON.stringify(ours?.record))],
    });

    expect(await redriveKept(w.key(), all, w.ports)).toEqual({ redriven: 1, left: { bad_record: 1 } });
    expect(w.stream).toMatchObject([{ record: { redrive: true, uncounted: true } }]);
    await w.flow();
    expect(w.there.countOf('userId#u')).toBe(1);
  });
});
