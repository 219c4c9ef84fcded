import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { StackProcess } from '#test/support/stack-process.ts';
import { personOf } from './expect-person.ts';

/** What comes of the code in a guide: whose profile it makes, and what stands there. */
interface Guide {
  readonly user: string;
  readonly city?: string;
  readonly events: Readonly<Record<string, number>>;
  readonly spent?: string;
  /** When the first order was. */
  readonly firstOrder?: string;
}

const ONCE = { identify: 1, page: 1, group: 1, 'Order Completed': 1 };
const HISTORY = { spent: '123.50', firstOrder: '2025-03-01T09:30:00.000Z' };

/** By the code's file. */
export const SERVER_GUIDES: Readonly<Record<string, Guide>> = {
  'sdk-segment-node': {
    user: 'ada',
    city: 'London',
    events: { ...ONCE, screen: 1, alias: 1, 'Order Completed': 2 },
    ...HISTORY,
  },
  'sdk-rudderstack-node': {
    user: 'grace',
    city: 'New York',
    events: { ...ONCE, screen: 1, alias: 1, 'Order Completed': 2 },
    ...HISTORY,
  },
};

export const PAGE_GUIDES: Readonly<Record<string, Guide>> = {
  'sdk-segment-browser': {
    user: 'joan',
    city: 'Paris',
    events: { ...ONCE, screen: 1, alias: 1 },
    spent: '24.50',
  },
  'sdk-segment-browser-batching': { user: 'mary', events: { identify: 1, 'Product Viewed': 1 } },
  'sdk-rudderstack-browser': {
    user: 'alan',
    city: 'Manchester',
    events: { ...ONCE, alias: 1 },
    spent: '24.50',
  },
  'sdk-jitsu': { user: 'kurt', city: 'Brno', events: ONCE, spent: '24.50' },
};

/** The code of a guide as it stands there, told where the Collect API is. */
export const codeOf = (guide: string, collect: string): string =>
  readFileSync(`docs/guides/code/${guide}.ts`, 'utf8').replace('http://127.0.0.1:8787', collect);

/** Whether all that a guide's code says has arrived. */
export async function hasArrived(stack: StackProcess, { user, events }: Guide): Promise<boolean> {
  const counted = countsOf(await personOf(stack, `userId:${user}`));
  return Object.entries(events).every(([name, count]) => (counted[name] ?? 0) >= count);
}

/** Holds a profile to what its guide's code said. */
export async function expectGuide(stack: StackProcess, guide: Guide): Promise<void> {
  const { user, city, events, spent, firstOrder } = guide;
  const person = await personOf(stack, `userId:${user}`);

  expect(countsOf(person)).toEqual(events);
  expect(person?.profile.identifiers).toContainEqual(
    expect.objectContaining({ type: 'email', value: `${user}@example.com` }),
  );
  expect(person?.profile.traits.city?.value).toBe(city);
  expect(person?.profile.sums.total_spent?.EUR).toBe(spent);
  if (firstOrder !== undefined) expect(person?.profile.events['Order Completed']?.first).toBe(firstOrder);
}

const countsOf = (person: Awaited<ReturnType<typeof personOf>>): Record<string, number> =>
  Object.fromEntries(Object.entries(person?.profile.events ?? {}).map(([name, { count }]) => [name, count]));
