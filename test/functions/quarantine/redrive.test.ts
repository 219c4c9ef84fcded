import { beforeEach, describe, expect, it } from 'vitest';
import type { EventsStream, KeyedStreamRecord } from '#functions/adapters/kinesis/events-stream.ts';
import { collectRequest } from '#functions/collect/collect-request.ts';
import type { ApplyPorts } from '#functions/profiles/apply-records.ts';
import { erasePerson } from '#functions/profiles/erase-person.ts';
import { type RedrivePorts, redriveFailed, redriveKept } from '#functions/quarantine/redrive.ts';
import { type EventType, Pid } from '#shared/events/event.ts';
import { LIMITS } from '#shared/events/limits.ts';
import { UnavailableError } from '#shared/kernel/errors.ts';
import { TrackingPlan } from '#shared/plans/tracking-plan.ts';
import { Source } from '#shared/sources/source.ts';
import { applying } from '#test/support/applying.ts';
import { httpRequest } from '#test/support/collecting.ts';
import { memoryDefinitions } from '#test/support/memory-definitions.ts';
import { memoryQuality } from '#test/support/memory-quality.ts';
import { memoryFailed, memoryQuarantine } from '#test/support/memory-quarantine.ts';
import { memoryRules } from '#test/support/memory-rules.ts';

const DAY = 86_400_000;
const web = (more: Partial<Source> = {}): Source =>
  Source.parse({
    ...{ id: 'web', name: 'Web', writeKeys: ['write-key'], market: 'fr', brand: 'main', legalEntity: 'main' },
    ...more,
  });

/** All of it in memory: what collects, what applies, and what redrives. */
function world() {
  const there = applying({ startAt: Date.parse('2026-11-22T12:00:00Z') });
  const quarantine = memoryQuarantine();
  const failed = memoryFailed();
  const sources = memoryDefinitions<Source>();
  const plans = memoryDefinitions<TrackingPlan>();
  const rulesOf = memoryRules(plans);
  const stream: KeyedStreamRecord[] = [];
  const put: EventsStream['put'] = async (records) => void stream.push(...records);
  const ports: RedrivePorts = {
    quarantine,
    failed,
    sources,
    rulesOf,
    stream: { put },
    dedupDays: 30,
    now: () => there.clock.now,
  };
  let sequence = 0;

  return {
    there,
    quarantine,
    failed,
    sources,
    plans,
    stream,
    ports,
    /** Sends a request as a client does. */
    async send(body: unknown, type?: EventType) {
      const request = httpRequest(
        { writeKey: 'write-key', ...Object(body) },
        { headers: {}, receivedAt: there.clock.now, requestId: `r${sequence++}` },
      );
      const sourceOf = async () => (await sources.find('web'))?.definition;
      return collectRequest(request, {
        ...(type !== undefined && { type }),
        ports: { sourceOf, rulesOf, stream: { put }, quarantine, counts: memoryQuality() },
      });
    },
    /** The λ reads what is on the stream. */
    async flow(over: Partial<ApplyPorts> = {}) {
      for (const { partitionKey, record } of stream.splice(0)) {
        const records = [{ sequenceNumber: String(++sequence), record }];
        await there.apply({ stream: 'arn:s', partitionKey, records }, { quarantine, ...over });
      }
    },
    key: (place = 0): string => quarantine.keys()[place] ?? 'none',
  };
}

const all = () => true;
let w: ReturnType<typeof world>;
beforeEach(async () => {
  w = world();
  await w.sources.put(web());
});

/** Enough of other messages, and of time, for nothing but a note to tell what was applied. */
async function forget(): Promise<void> {
  for (let n = 0; n < 40; n++) {
    await w.there.apply(
      w.there.record([{ userId: 'u', event: 'Busy', messageId: `busy-${w.there.clock.now}-${n}` }]),
    );
  }
  w.there.clock.now += 100 * DAY;
}

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
    await w.sources.put(web({ trackingPlan: 'p' }));
  });

  it('stays while it is refused, with what is wrong by the plan as it is now', async () => {
    await w.send({ batch: [order] });
    await w.plans.put(plan('boolean'));
    await w.sources.put(web({ trackingPlan: 'p', traits: { deny: ['ssn'] } }));

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

    await w.sources.put(web({ events: { deny: ['Order'] } }));
    expect(await redriveKept(w.key(), all, w.ports)).toEqual({ redriven: 0, left: { event_denied: 1 } });
    expect((await w.quarantine.read(w.key()))[0]).not.toHaveProperty('details');
    await w.sources.put(web({ enabled: false }));
    expect(await redriveKept(w.key(), all, w.ports)).toEqual({ redriven: 0, left: { unknown_source: 1 } });
    await w.sources.put(web({ trackingPlan: 'p' }));
    expect(await redriveKept(w.key(), all, w.ports)).toEqual({ redriven: 0, left: { plan_violation: 1 } });
    await w.sources.put(web());
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
    [undefined, {}],
    [true, { ip: '198.51.100.7' }],
  ])('keeps an address if its source does today: %s', async (ip, expected) => {
    await w.send({ batch: [{ ...bad, context: { ip: '198.51.100.7' } }] });
    await mend(w.key());
    await w.sources.put(web(ip === undefined ? {} : { ip }));

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
    await w.sources.put(web({ events: { deny: ['Order'] }, traits: { deny: ['ssn'] } }));

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

    await w.sources.put(web({ enabled: false }));
    expect(await redriveKept(w.key(), all, w.ports)).toEqual({ redriven: 0, left: { unknown_source: 1 } });
    await w.sources.put(web());
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

describe('an event that could not be applied', () => {
  const throttled = Object.assign(new Error('slow down'), { name: 'ThrottlingException' });

  /** One event of a request that the λ has given up on. */
  async function giveUp(): Promise<string> {
    await w.send({ batch: [{ type: 'track', event: 'Order', userId: 'u', messageId: 'm' }] });
    for (const { partitionKey, record } of w.stream.splice(0)) {
      await w.there.apply(
        { stream: 'arn:s', partitionKey, records: [{ sequenceNumber: '1', record, isOverdue: true }] },
        {
          quarantine: w.quarantine,
          people: { ...w.there.ports.people, write: () => Promise.reject(throttled) },
        },
      );
    }
    return w.key();
  }

  it('is applied once, when it is redriven', async () => {
    const key = await giveUp();

    expect(await redriveKept(key, all, w.ports)).toEqual({ redriven: 1, left: {} });
    await w.flow();

    expect(w.there.countOf('userId#u', 'Order')).toBe(1);
    expect(await redriveKept(key, all, w.ports)).toBeUndefined();
  });

  it('is applied once, when the one who redrives ends before it is taken out, and is late to begin again', async () => {
    const key = await giveUp();
    const dying = { ...w.quarantine, replace: () => Promise.reject(new Error('killed')) };

    await expect(redriveKept(key, all, { ...w.ports, quarantine: dying })).rejects.toThrow('killed');
    await w.flow();
    await forget();
    await Promise.all([redriveKept(key, all, w.ports), redriveKept(key, all, w.ports)]);
    await w.flow();

    expect(w.there.countOf('userId#u', 'Order')).toBe(1);
    expect(w.quarantine.keys()).toEqual([]);
  });

  it('is dropped where its person was erased meanwhile, and nobody is there again', async () => {
    const key = await giveUp();
    await w.there.apply(w.there.record([{ userId: 'u', event: 'Viewed', messageId: 'known' }]));
    const pid = w.there.ownerOf('userId#u')?.pid ?? Pid.parse('none');
    w.there.clock.now += 1;
    await erasePerson(
      { pid, by: 'u-admin', isAllowed: () => true },
      { ...w.there.ports, erasures: w.there.erasures, dedupDays: 30 },
    );

    expect(await redriveKept(key, all, w.ports)).toEqual({ redriven: 1, left: {} });
    await w.flow();

    expect(w.there.everybody()).toEqual([]);
    expect(w.quarantine.keys()).toEqual([]);
  });

  it('stays while the stream refuses', async () => {
    const key = await giveUp();
    const refusing = { put: () => Promise.reject(new UnavailableError('full')) };

    await expect(redriveKept(key, all, { ...w.ports, stream: refusing })).rejects.toThrow(UnavailableError);
    expect(await w.quarantine.read(key)).toHaveLength(1);
  });

  it('is the one that was chosen, and the others stay with their places', async () => {
    await w.send({ batch: [{ type: 'a' }, { type: 'b' }, { type: 'c' }] });
    const entries = await w.quarantine.read(w.key());
    const good = { type: 'page', userId: 'u' };
    await w.quarantine.replace(
      w.key(),
      entries.map((entry) => ({ ...entry, event: { ...good, messageId: `${entry.n}` } })),
    );

    await redriveKept(w.key(), ({ n }) => n === 1, w.ports);

    expect(w.stream.flatMap(({ record }) => record.events.map(({ messageId }) => messageId))).toEqual(['1']);
    expect((await w.quarantine.read(w.key())).map(({ n }) => n)).toEqual([0, 2]);
  });

  it('keeps whom it is addressed to', async () => {
    const feedback = {
      source: { id: 'ses' },
      receivedAt: 5,
      person: { pid: w.there.ports.newPid(), contact: 'c1' },
    };
    const keyed = w.there.record([{ event: 'Email Opened', messageId: 'o' }], feedback);
    await w.there.apply(keyed, { quarantine: w.quarantine });

    expect(await redriveKept(w.key(), all, w.ports)).toEqual({ redriven: 1, left: {} });
    expect(w.stream).toMatchObject([
      { partitionKey: `pid#${feedback.person.pid}`, record: { ...feedback, redrive: true } },
    ]);
  });
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

describe('a batch that a mapping gave up on', () => {
  const key = 'aws/lambda/mapping/shard/2026/11/22/1';

  /** Two events of which one had been applied; they come again after so many days. */
  async function giveUpAndWait(days: number): Promise<void> {
    const arrivedAt = w.there.clock.now;
    const both = w.there.record([
      { userId: 'u', event: 'applied', messageId: 'a' },
      { userId: 'u', event: 'lost', messageId: 'b' },
    ]);
    await w.there.apply(w.there.record([{ userId: 'u', event: 'applied', messageId: 'a' }]));
    w.failed.batches.set(key, [
      ...both.records.map(({ sequenceNumber, record }) => ({
        partitionKey: 'userId#u',
        sequenceNumber,
        data: Buffer.from(JSON.stringify(record)),
        arrivedAt,
      })),
      { partitionKey: 'x', sequenceNumber: '0', data: Buffer.from('what?'), arrivedAt },
    ]);
    for (let n = 0; n < 40; n++) {
      await w.there.apply(w.there.record([{ userId: 'u', event: 'Busy', messageId: `${n}` }]));
    }
    w.there.clock.now += days * DAY;
  }

  it('comes back, and each of its messages counts once, whether it had been applied or not', async () => {
    await giveUpAndWait(29);

    expect(await redriveFailed(key, w.ports)).toEqual({ redriven: 2, left: {} });
    expect(w.stream).toMatchObject([{ record: { redrive: true, uncounted: true } }]);
    await w.flow();

    expect(['applied', 'lost'].map((name) => w.there.countOf('userId#u', name))).toEqual([1, 1]);
    expect(w.failed.batches.size).toBe(0);
    expect(await w.quarantine.read(w.key())).toMatchObject([{ source: 'stream', reason: 'bad_record' }]);
  });

  it('stays where it is once no id could tell what was applied', async () => {
    await giveUpAndWait(31);

    expect(await redriveFailed(key, w.ports)).toEqual({ redriven: 0, left: { past_horizon: 2 } });
    expect(w.stream).toEqual([]);
    expect(w.failed.batches.size).toBe(1);
  });

  it('comes back however late where it had come out of quarantine, and stays counted', async () => {
    const { records } = w.there.record([{ userId: 'u', event: 'late', messageId: 'l' }], { redrive: true });
    const arrivedAt = w.there.clock.now;
    w.failed.batches.set(
      key,
      records.map(({ sequenceNumber, record }) => ({
        ...{ partitionKey: 'userId#u', sequenceNumber, arrivedAt },
        data: Buffer.from(JSON.stringify(record)),
      })),
    );
    w.there.clock.now += 31 * DAY;

    expect(await redriveFailed(key, w.ports)).toEqual({ redriven: 1, left: {} });
    expect(w.stream).toEqual([{ partitionKey: 'userId#u', record: records[0]?.record }]);
  });

  it('lets go of ticks, which the index of people puts on the stream again', async () => {
    w.failed.batches.set(key, [
      {
        partitionKey: 'due#3',
        sequenceNumber: '1',
        data: Buffer.from(JSON.stringify({ v: 1, tick: { pids: ['ada'] } })),
        arrivedAt: 0,
      },
    ]);

    expect(await redriveFailed(key, w.ports)).toEqual({ redriven: 0, left: {} });

    expect(w.stream).toEqual([]);
    expect(w.failed.batches.size).toBe(0);
    expect(await w.quarantine.read(w.key())).toEqual([]);
  });

  it('is nothing where nothing lies', async () => {
    expect(await redriveFailed('aws/lambda/other', w.ports)).toBeUndefined();
  });
});
