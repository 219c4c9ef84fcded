import { beforeEach, describe, expect, it } from 'vitest';
import { erasePerson } from '#functions/profiles/erase-person.ts';
import { redriveFailed, redriveKept } from '#functions/quarantine/redrive.ts';
import { Pid } from '#shared/events/event.ts';
import { UnavailableError } from '#shared/kernel/errors.ts';
import { redriving, webSource } from '#test/support/redriving.ts';

const DAY = 86_400_000;
const all = () => true;
let w: ReturnType<typeof redriving>;
beforeEach(async () => {
  w = redriving();
  await w.sources.put(webSource());
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
