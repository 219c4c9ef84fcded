import { own } from '#shared/kernel/own.ts';
import { stableJson } from '#shared/traits/json-order.ts';
import { compareSaid, saidOf } from '#shared/traits/trait.ts';
import type { Person } from './activity.ts';

/**
 * What two copies of one history must agree on, byte for byte: a person less everything that depends
 * on how it arrived (pids, versions, marks, seen ids, memberships' times, refusals).
 *
 * A trait counts with the times at which its values were last said, since which of two equal writes
 * set one depends on their order.
 */
export function canonicalState({ activity, profile }: Person): string {
  const traits = Object.entries(profile.traits).map(([name, trait]) => {
    const said = saidOf(trait, own(activity.affirmed, name)).toSorted(compareSaid);
    return [name, said.map(({ write: { value }, last: [at, id] }) => ({ value, at, id }))] as const;
  });
  const { firstSeenAt, lastSeenAt, events, otherEvents, sums, computed, recent } = activity;
  const { identifiers, contacts, entities, consents, suppressed, market, brand } = profile;
  return stableJson({
    firstSeenAt,
    lastSeenAt,
    events,
    otherEvents,
    sums,
    computed,
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
