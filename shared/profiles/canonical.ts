import { own } from '#shared/kernel/own.ts';
import type { Person } from './activity.ts';
import { latestWrite } from './register.ts';

/**
 * What two copies of one history must agree on, byte for byte: a person less everything that depends
 * on how it arrived (pids, versions, marks, seen ids, memberships' times, refusals).
 *
 * A trait counts with the time of its latest write or affirmation, since which of two equal writes
 * set it depends on their order.
 */
export function canonicalState({ activity, profile }: Person): string {
  const traits = Object.entries(profile.traits).map(([name, trait]) => {
    const [at, id] = latestWrite(trait, own(activity.affirmed, name));
    return [name, { value: trait.value, at, id }] as const;
  });
  const { firstSeenAt, lastSeenAt, events, otherEvents, sums, recent } = activity;
  const { identifiers, contacts, entities, consents, suppressed, market, brand } = profile;
  return stableJson({
    firstSeenAt,
    lastSeenAt,
    events,
    otherEvents,
    sums,
    recent,
    segments: Object.keys(activity.segments).sort(),
    identifiers: Object.keys(identifiers).sort(),
    contacts: Object.keys(contacts).sort(),
    entities,
    traits: Object.fromEntries(traits),
    consents,
    suppressed,
    market: market?.value,
    brand: brand?.value,
  });
}

/** JSON with keys in one order, so that equal values are equal texts. */
export function stableJson(value: unknown): string {
  return JSON.stringify(value, (_, entry: unknown) =>
    typeof entry === 'object' && entry !== null && !Array.isArray(entry)
      ? Object.fromEntries(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1)))
      : entry,
  );
}
