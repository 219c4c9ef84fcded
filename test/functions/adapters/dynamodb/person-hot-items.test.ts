import { describe, expect, it } from 'vitest';
import { itemBytes } from '#bench/item-bytes.ts';
import { activityItem, profileItem, readPerson } from '#functions/adapters/dynamodb/person-hot-items.ts';
import type { Activity } from '#shared/profiles/activity.ts';
import { person } from '#test/support/person.ts';

/** Somebody who remembers so many messages. */
const seenBy = (count: number) => {
  const ids = Array.from({ length: count }, (_, at): Activity['seen']['ids'][number] => [
    at + 1,
    `print-${at}-é`,
  ]);
  return person('p1', { activity: { seen: { ids } } });
};

describe('the item !activity', () => {
  it.each([
    ['text', 1, 'string'],
    ['bytes, where it would be more than a kilobyte', 100, 'object'],
  ])('holds what a person did as %s', (_, count, type) => {
    const somebody = seenBy(count);

    const item = activityItem(somebody, undefined);

    expect(typeof item.state).toBe(type);
    expect(readPerson(somebody.pid, [item, profileItem(somebody)])).toEqual(somebody);
  });

  it('is deflated just when its text is too long for a write unit', () => {
    const sizes = Array.from({ length: 60 }, (_, count) => activityItem(seenBy(count), undefined).state);
    const texts = sizes.filter((state) => typeof state === 'string').map((state) => Buffer.byteLength(state));
    const deflated = sizes.filter((state) => state instanceof Uint8Array).map((state) => state.byteLength);

    expect(texts.length + deflated.length).toBe(60);
    expect(Math.max(...texts)).toBeGreaterThan(930);
    expect(Math.max(...texts)).toBeLessThanOrEqual(960);
    expect(Math.max(...deflated)).toBeLessThan(960);
  });

  it('leaves room in the unit for the keys of the index, for whoever is to be looked at again', () => {
    const due = Array.from({ length: 60 }, (_, count) => {
      const { pid, activity, profile } = seenBy(count);
      return { pid, profile, activity: { ...activity, dueAt: 1_795_313_341_295 } };
    });
    const items = due.map((somebody) => activityItem(somebody, undefined));
    const plain = items.filter(({ state }) => typeof state === 'string').map(itemBytes);

    expect(plain.length).toBeLessThan(60);
    expect(Math.max(...plain)).toBeLessThanOrEqual(1_024);
    expect(Math.max(...plain)).toBeGreaterThan(970);
    for (const [at, somebody] of due.entries()) {
      expect(readPerson(somebody.pid, [items[at] ?? {}, profileItem(somebody)])).toEqual(somebody);
    }
  });
});
