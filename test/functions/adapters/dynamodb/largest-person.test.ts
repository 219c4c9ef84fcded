import { describe, expect, it } from 'vitest';
import { activityItem, profileItem, readPerson } from '#functions/adapters/dynamodb/person-hot-items.ts';
import { LIMITS } from '#shared/events/limits.ts';
import { brokenLimit } from '#shared/identity/broken-limit.ts';
import { type LARGEST, largestPerson } from '#test/support/largest-person.ts';

/** What DynamoDB takes, less a margin for what compression makes of other texts. */
const MOST = 400 * 1024 * 0.97;

/** As DynamoDB counts: names and values in UTF-8. */
const sizeOf = (item: Readonly<Record<string, unknown>>): number =>
  Object.entries(item).reduce(
    (sum, [name, value]) =>
      sum + name.length + (value instanceof Uint8Array ? value.length : Buffer.byteLength(String(value))),
    0,
  );

describe('the largest person that the limits allow', () => {
  it.each(['anonymous', 'short', 'long'] satisfies (keyof typeof LARGEST)[])(
    'fits both hot items, with identifiers of the shape: %s',
    (shape) => {
      const largest = largestPerson(shape);
      const keys = Object.keys(largest.profile.identifiers);

      const items = [activityItem(largest, undefined), profileItem(largest)];

      expect(brokenLimit([], keys, { limitOf: () => keys.length })).toBeUndefined();
      expect(
        brokenLimit([], [...keys, `userId#${'x'.repeat(LIMITS.idLength)}`], { limitOf: () => 2_000 }),
      ).toBe('too_large');
      for (const item of items) expect(sizeOf(item)).toBeLessThan(MOST);
      expect(readPerson(largest.pid, items)).toEqual(largest);
    },
  );
});
