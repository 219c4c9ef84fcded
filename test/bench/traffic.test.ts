import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type Traffic, trafficWorkload } from '#bench/traffic.ts';

const Body = z.object({ batch: z.array(z.object({ anonymousId: z.string(), messageId: z.string() })) });

/** Of each request: its events, and the people they are of. */
function requestsOf(traffic: Traffic) {
  return trafficWorkload(traffic, { events: 3_000 }).requests.map(({ body }) => {
    const { batch } = Body.parse(JSON.parse(body.toString('utf8')));
    return { events: batch.length, people: new Set(batch.map(({ anonymousId }) => anonymousId)).size };
  });
}

describe('traffic', () => {
  it.each([1, 15, 100])('of a browser carries %i events of one person in each request', (batch) => {
    const requests = requestsOf({ from: 'browser', batch });

    expect(requests.every(({ events, people }) => events === batch && people === 1)).toBe(true);
  });

  it('of a server carries events of about as many people, some of whom come twice', () => {
    const full = requestsOf({ from: 'server', batch: 15 }).filter(({ events }) => events === 15);

    expect(full.length).toBeGreaterThan(150);
    expect(full.reduce((sum, { people }) => sum + people, 0) / full.length).toBeGreaterThan(13);
  });

  it('is the same events for the same shape, some of them sent twice', () => {
    const [workload, again] = [1, 2].map(() =>
      trafficWorkload({ from: 'browser', batch: 15 }, { events: 600 }),
    );

    expect(again).toEqual(workload);
    expect(workload?.distinct).toBe(600);
    expect(workload?.events).toBeGreaterThan(600);
  });
});
