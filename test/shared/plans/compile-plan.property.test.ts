import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CollectedEvent } from '#shared/events/event.ts';
import { isJson, type Json } from '#shared/events/json.ts';
import { compilePlan } from '#shared/plans/compile-plan.ts';
import { planFaults } from '#shared/plans/plan-faults.ts';
import type { TrackingPlan } from '#shared/plans/tracking-plan.ts';
import { admissionRules, admitEvents } from '#shared/sources/admit-events.ts';
import { calls, trackingPlan } from '#test/support/plan-arbitraries.ts';

const admit = (events: readonly CollectedEvent[], plan: TrackingPlan) =>
  admitEvents(events, admissionRules({}, compilePlan(plan)));

/** The schema that an event is asked, and what of the event is; nothing for one that is not planned. */
function asked({ type, event, properties, traits, context }: CollectedEvent, plan: TrackingPlan) {
  if (type === 'identify') {
    const inContext = isJson(context?.traits) ? context.traits : {};
    return { schema: plan.identify?.schema, said: { ...inContext, ...traits } };
  }
  const planned = type === 'track' && event === 'A';
  return planned ? { schema: plan.events.A?.schema, said: properties ?? {} } : undefined;
}

/** ajv as it comes, with keywords and regular expressions of its own. */
const ajv = formats.default(
  new Ajv({ strict: false, ownProperties: true, meta: false, validateSchema: false }),
  ['date'],
);
const isTaken = (schema: Json = {}, said: Json = {}): boolean => ajv.compile(schema)(said) === true;

/** Whether one value is the other, less parts: members of objects, entries of lists. */
function isLess(less: unknown, whole: unknown): boolean {
  if (Array.isArray(less) && Array.isArray(whole)) {
    let from = 0;
    return less.every((entry) => {
      const at = whole.findIndex((other, place) => place >= from && isLess(entry, other));
      from = at + 1;
      return at !== -1;
    });
  }
  if (isJson(less) && isJson(whole)) {
    return Object.entries(less).every(
      ([name, part]) => Object.hasOwn(whole, name) && isLess(part, whole[name]),
    );
  }
  return less === whole;
}

const payloadOf = ({ properties, traits, context }: CollectedEvent) =>
  JSON.stringify({ properties, traits, context });

describe('events that are held to a plan', () => {
  it('end admitted or quarantined, each once and in their order', () => {
    fc.assert(
      fc.property(trackingPlan(), calls, (plan, events) => {
        const { events: admitted, rejected, dropped } = admit(events, plan);

        const ids = events.map(({ messageId }) => messageId);
        const refused = rejected.map(({ event }) => event.messageId);
        expect(dropped).toEqual([]);
        expect(refused).toEqual(rejected.map(({ index }) => ids[index]));
        expect(admitted.map(({ messageId }) => messageId)).toEqual(ids.filter((id) => !refused.includes(id)));
        for (const { details } of rejected) expect(details?.length).toBeGreaterThan(0);
      }),
    );
  });

  it('come to the same when they are admitted again', () => {
    fc.assert(
      fc.property(trackingPlan(), calls, (plan, events) => {
        const once = admit(events, plan).events;

        expect(admit(once, plan)).toEqual({ events: once, rejected: [], dropped: [] });
      }),
    );
  });

  it('are found wrong where ajv as it comes finds them wrong, and are the same object where nothing is', () => {
    const only = {
      violations: 'quarantine',
      unplannedProperties: 'allow',
      unplannedEvents: 'allow',
    } as const;
    fc.assert(
      fc.property(trackingPlan(only), calls, (plan, events) => {
        const { events: admitted } = admit(events, plan);

        const right = events.filter((event) => {
          const of = asked(event, plan);
          return of === undefined || isTaken(of.schema, of.said);
        });
        expect(admitted.length).toBe(right.length);
        for (const [place, event] of right.entries()) expect(admitted[place]).toBe(event);
      }),
      { numRuns: 300 },
    );
  });

  it('keep what they say byte for byte where the plan only flags', () => {
    const flags = { violations: 'flag', unplannedEvents: 'flag' } as const;
    fc.assert(
      fc.property(
        trackingPlan({ ...flags, unplannedProperties: 'flag' }),
        trackingPlan({ ...flags, unplannedProperties: 'allow' }),
        calls,
        (one, other, events) => {
          for (const plan of [one, other]) {
            const { events: admitted } = admit(events, plan);
            expect(admitted.map(payloadOf)).toEqual(events.map(payloadOf));
          }
        },
      ),
    );
  });

  it('say part of what they said, which their schema takes, where the plan strips', () => {
    fc.assert(
      fc.property(trackingPlan({ violations: 'strip' }), calls, (plan, events) => {
        const sent = new Map(events.map((event) => [event.messageId, event]));

        for (const event of admit(events, plan).events) {
          const [now, before] = [asked(event, plan), asked(sent.get(event.messageId) ?? event, plan)];
          if (now === undefined || before === undefined) continue;
          expect(isTaken(now.schema, now.said)).toBe(true);
          expect(isLess(now.said, before.said)).toBe(true);
          // nothing is taken out without a word
          if (event.violations === undefined) expect(event).toBe(sent.get(event.messageId));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('meet plans that nothing is wrong with', () => {
    fc.assert(
      fc.property(trackingPlan(), (plan) => {
        expect(planFaults(plan)).toEqual([]);
      }),
      { numRuns: 10 },
    );
  });
});
