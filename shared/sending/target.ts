import type { EpochMs } from '#shared/events/event.ts';
import type { Person } from '#shared/profiles/activity.ts';
import type { Definitions } from '#shared/profiles/definitions.ts';

/**
 * Why a way out is not for a person:
 * - `other_market`, `other_brand`: it is for the people of one, and they are not;
 * - `not_in_segment`: they have left its segment, or the segment was changed and no longer holds them.
 */
export type OffTarget = 'other_market' | 'other_brand' | 'not_in_segment';

/** Says why something is not for a person now; nothing for those whom it is for. */
export type Target = (person: Person, now: EpochMs) => OffTarget | undefined;

/** Who a campaign or an export is for. */
interface Way {
  readonly segment: string;
  readonly market?: string | undefined;
  readonly brand?: string | undefined;
}

/**
 * Makes the function that decides whom a campaign or an export is for: the people of its segment, and
 * of its own market and brand, if it has one, whatever its segment.
 *
 * The segment's condition is asked again, of the person as they are now. The stored list of its people
 * follows each person's next event, so that it still names those whom a changed segment does not hold.
 */
export function targetOf(
  { segment, market, brand }: Way,
  { isMember }: Pick<Definitions, 'isMember'>,
): Target {
  return function offTarget(person, now) {
    if (market !== undefined && person.profile.market?.value !== market) return 'other_market';
    if (brand !== undefined && person.profile.brand?.value !== brand) return 'other_brand';
    return isMember(segment, person, now) ? undefined : 'not_in_segment';
  };
}
