import fc from 'fast-check';
import type { CollectedEvent } from '#shared/events/event.ts';
import type { SourceStamp } from '#shared/events/stream-record.ts';
import { type NormalisedEvent, normaliseEvent } from '#shared/profiles/normalise-event.ts';
import { type TraitRules, traitRules } from '#shared/traits/trait-definition.ts';
import { ruleOf, traitValue } from './trait-arbitraries.ts';

export const web: SourceStamp = {
  id: 'web',
  legalEntity: 'main',
  market: 'fr',
  brand: 'main',
  country: 'FR',
};

/** The receipt of all events of a test: later than any of their times. */
export const RECEIVED_AT = 1_000_000;

/** A track call of an anonymous visitor, less what a test says otherwise. */
export const collected = (said: Partial<CollectedEvent> = {}): CollectedEvent => {
  const originalTimestamp = said.originalTimestamp ?? said.timestamp ?? 1_000;
  const type = said.type ?? 'track';
  return {
    type,
    messageId: 'm1',
    timestamp: originalTimestamp,
    originalTimestamp,
    ...(said.userId === undefined && { anonymousId: 'a1' }),
    ...(type === 'track' && { event: 'Viewed' }),
    ...said,
  };
};

export const normalised = (said: Partial<CollectedEvent> = {}, source: SourceStamp = web): NormalisedEvent =>
  normaliseEvent(collected(said), { source, receivedAt: RECEIVED_AT });

const time = fc.integer({ min: 1, max: 4 });

/**
 * What one event may say, of few times, names and values, so that ties, repetitions and late events
 * are common. Its content follows from it, as in life: one message says one thing.
 */
const said: fc.Arbitrary<Partial<CollectedEvent>> = fc.oneof(
  fc.record({
    type: fc.constant('track' as const),
    event: fc.constantFrom('Viewed', 'Added', 'toString'),
    timestamp: time,
  }),
  fc
    .record({
      timestamp: time,
      total: fc.constantFrom(0.1, 0.2, 29.33, -5),
      currency: fc.constantFrom('USD', 'EUR'),
    })
    .map(({ timestamp, ...properties }) => ({
      type: 'track' as const,
      event: 'Order Completed',
      timestamp,
      properties,
    })),
  fc
    .record({
      timestamp: time,
      plan: fc.constantFrom('free', 'pro', null),
      city: fc.option(fc.constantFrom('Lyon', 'Paris'), { nil: undefined }),
      tags: fc.option(traitValue, { nil: undefined }),
      status: fc.constantFrom('SUBSCRIBED', 'UNSUBSCRIBED'),
    })
    .map(({ timestamp, status, ...traits }) => ({
      type: 'identify' as const,
      timestamp,
      traits,
      context: { messaging_subscriptions: [{ key: 'x', type: 'EMAIL', status }] },
    })),
  fc.record({
    type: fc.constant('track' as const),
    event: fc.constant('Email Bounced'),
    timestamp: time,
    properties: fc.constant({ email: 'ada@example.com', bounce_type: 'Permanent' }),
  }),
);

/** Rules of any strategies for the traits that the history's events say. */
export const rules: fc.Arbitrary<TraitRules> = fc
  .tuple(fc.option(ruleOf('plan')), fc.option(ruleOf('city')), fc.option(ruleOf('tags')))
  .map((defined) => traitRules(defined.filter((rule) => rule !== null)));

/** The same events, each step of their time so long that windows of hours and days are left. */
export const spreadOut = (events: readonly NormalisedEvent[]): readonly NormalisedEvent[] =>
  events.map((event) => ({ ...event, at: event.at * 13 * 3_600_000 }));

/** A history of events with distinct message ids. */
export const history = (maxLength = 12): fc.Arbitrary<readonly NormalisedEvent[]> =>
  fc
    .array(fc.tuple(said, fc.constantFrom('web', 'app')), { maxLength, size: 'max' })
    .map((events) =>
      events.map(([event, id], index) =>
        normalised(
          { ...event, messageId: `m${index}` },
          { id, legalEntity: 'main', market: id, brand: 'main' },
        ),
      ),
    );
