import { describe, expect, it } from 'vitest';
import {
  mergeLogItem,
  readMergeLog,
  readSnapshot,
  snapshotItems,
} from '#functions/adapters/dynamodb/merge-items.ts';
import { activityItem, profileItem } from '#functions/adapters/dynamodb/person-hot-items.ts';
import { Pid } from '#shared/events/event.ts';
import { brokenLimit } from '#shared/identity/broken-limit.ts';
import { DEFAULT_IDENTITY } from '#shared/identity/rules.ts';
import { largestPerson, text } from '#test/support/largest-person.ts';
import { person } from '#test/support/person.ts';

const merge = { winner: Pid.parse('ada'), loser: Pid.parse('bob'), at: 1_795_000_000_000 };
const MAX_ITEM = 400_000;

const largest = () => largestPerson('anonymous');

const sizeOf = (item: Readonly<Record<string, unknown>>): number =>
  Object.entries(item).reduce(
    (sum, [name, value]) =>
      sum + name.length + (value instanceof Uint8Array ? value.length : Buffer.byteLength(String(value))),
    0,
  );

describe('snapshotItems', () => {
  it('holds an ordinary person in one item', () => {
    const bob = person('bob', { profile: { createdAt: 5 }, activity: { version: 3, lastSeenAt: 8 } });

    const items = snapshotItems(merge, 'loser', bob);

    expect(items).toMatchObject([{ pid: 'ada', sk: 'snapshot#2026-11-18T11:06:40.000Z#bob#loser' }]);
    expect(readSnapshot(items)).toEqual(bob);
  });

  it('fits DynamoDB also for the largest person there can be', () => {
    const bob = largest();
    expect(brokenLimit([], Object.keys(bob.profile.identifiers), DEFAULT_IDENTITY)).toBeUndefined();

    const items = snapshotItems(merge, 'winner', bob);

    expect(Math.max(...items.map(sizeOf))).toBeLessThan(MAX_ITEM);
    expect(readSnapshot(items)).toEqual(bob);
  });

  it('takes a second item rather than be larger than what it is a copy of', () => {
    const { profile, activity, pid } = largest();
    const refusals = Array.from({ length: 100 }, () => ({
      identifier: `email#${text(400)}`,
      reason: 'limit' as const,
      at: 1,
      messageId: text(100),
    }));
    const bob = { pid, activity, profile: { ...profile, refusals } };

    const items = snapshotItems(merge, 'loser', bob);

    expect(items.map(({ sk }) => sk)).toEqual([
      'snapshot#2026-11-18T11:06:40.000Z#bob#loser',
      'snapshot#2026-11-18T11:06:40.000Z#bob#loser#profile',
    ]);
    const hot = Math.max(sizeOf(activityItem(bob, undefined)), sizeOf(profileItem(bob)));
    expect(Math.max(...items.map(sizeOf))).toBeLessThan(hot + 100);
    expect(readSnapshot(items)).toEqual(bob);
    expect(readSnapshot(items.toReversed())).toEqual(bob);
  });
});

describe('mergeLogItem', () => {
  it('is read back, undone or not', () => {
    const cause = { source: 'web', messageId: 'm', at: 4, ofWinner: ['userId#u'], ofLoser: ['email#e'] };
    const item = mergeLogItem({ ...merge, version: 3, cause });

    expect(item).toMatchObject({ pid: 'ada', sk: 'merge#2026-11-18T11:06:40.000Z#bob' });
    expect(readMergeLog(item)).toEqual({ ...merge, version: 3, cause });
    const undone = { at: 9, version: 5 };
    expect(readMergeLog({ ...item, undone })).toEqual({ ...merge, version: 3, cause, undone });
  });
});
