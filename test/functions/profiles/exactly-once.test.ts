import { describe, expect, it } from 'vitest';
import type { CollectedEvent } from '#shared/events/event.ts';
import { applying } from '#test/support/applying.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** An event as it is when the sender gives no time: that of its receipt, another in each copy. */
const untimed = (messageId: string, receivedAt: number): Partial<CollectedEvent> => ({
  userId: 'u',
  messageId,
  timestamp: receivedAt,
  originalTimestamp: undefined,
});

/** Enough of other messages for earlier ones to fall out of `!activity`. */
async function busyFor(there: ReturnType<typeof applying>, name: string, userId = 'u'): Promise<number> {
  const at = there.clock.now;
  for (let n = 0; n < 40; n++) {
    await there.apply(
      there.record([{ userId, event: 'Busy', messageId: `${name}-${n}`, timestamp: at + n }]),
    );
  }
  return 40;
}

describe('a message that a client sends again', () => {
  const cases: readonly { readonly name: string; readonly said: (now: number) => Partial<CollectedEvent> }[] =
    [
      { name: 'of today', said: (now) => ({ userId: 'u', messageId: 'm', timestamp: now }) },
      {
        name: 'of years ago, as an import holds it',
        said: () => ({ userId: 'u', messageId: 'm', timestamp: 7 }),
      },
      { name: 'without a time of its own', said: (now) => untimed('m', now) },
    ];

  it.each(cases)('counts once until the last of thirty days: one $name', async ({ said }) => {
    const there = applying();
    const first = there.clock.now;
    const original = said(first);
    await there.apply(there.record([original]));
    await busyFor(there, 'before');

    for (const day of [1, 10, 20, 30]) {
      there.clock.now = first + day * DAY;
      const copy = 'originalTimestamp' in original ? said(there.clock.now) : original;
      await there.apply(there.record([copy]));
      await busyFor(there, `day-${day}`);
    }

    expect(there.countOf('userId#u')).toBe(1);
    expect(there.countOf('userId#u', 'Busy')).toBe(200);
  });

  it('counts again once the horizon has long passed, as is promised and no more', async () => {
    const there = applying({ dedupDays: 2 });
    const said = { userId: 'u', messageId: 'm', timestamp: there.clock.now };
    await there.apply(there.record([said]));
    await busyFor(there, 'busy');

    there.clock.now += 4 * DAY;
    await there.apply(there.record([said]));

    expect(there.countOf('userId#u')).toBe(2);
  });

  it('counts once when the person was absorbed by another since', async () => {
    const there = applying();
    await there.apply(there.record([{ anonymousId: 'older', messageId: 'o', event: 'Other' }]));
    there.clock.now += HOUR;
    const said = { userId: 'u', messageId: 'm', timestamp: there.clock.now };
    await there.apply(there.record([said]));
    await busyFor(there, 'busy');
    const before = there.ownerOf('userId#u')?.pid;
    await there.apply(
      there.record([{ userId: 'u', anonymousId: 'older', messageId: 'join', event: 'Joined' }]),
    );
    expect(there.ownerOf('userId#u')?.pid).not.toBe(before);

    there.clock.now += 29 * DAY;
    await there.apply(there.record([said]));

    expect(there.countOf('userId#u')).toBe(1);
  });
});

describe('an import of an old history that is run again', () => {
  it('adds nothing, however many of its messages fall into one hour', async () => {
    const there = applying();
    const rows = Array.from({ length: 3_000 }, (_, n) => ({
      userId: 'u',
      messageId: `row-${n}`,
      timestamp: 100 * HOUR + n,
    }));
    const runAll = async () => {
      for (let at = 0; at < rows.length; at += 250) await there.apply(there.record(rows.slice(at, at + 250)));
    };
    await runAll();

    there.clock.now += 29 * DAY;
    await runAll();

    expect(there.countOf('userId#u')).toBe(3_000);
    expect(Math.max(...[...there.spills.all().values()].map(({ ids }) => ids.size))).toBeLessThanOrEqual(256);
  });
});
