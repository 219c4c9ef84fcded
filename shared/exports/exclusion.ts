import type { EpochMs } from '#shared/events/event.ts';
import type { Person } from '#shared/profiles/activity.ts';
import { eligibility, type Ineligible } from '#shared/sending/eligibility.ts';
import type { Export } from './export.ts';

/** Why a person of the segment has no row of their own. */
export type Exclusion = Ineligible | 'other_market' | 'other_brand';

/**
 * Decides whether a person may stand in an export's file, and if not, why.
 *
 * An export of a market holds its people alone, whatever its segment: who may read it relies on
 * that. One for a channel holds those who may be reached on it for its purpose.
 */
export function exclusionOf(
  person: Person,
  { market, brand, channel, purpose }: Pick<Export, 'market' | 'brand' | 'channel' | 'purpose'>,
  at: EpochMs,
): Exclusion | undefined {
  if (market !== undefined && person.profile.market?.value !== market) return 'other_market';
  if (brand !== undefined && person.profile.brand?.value !== brand) return 'other_brand';
  if (channel === undefined || purpose === undefined) return undefined;
  const decision = eligibility(person, { channel, purpose, at });
  return decision.eligible ? undefined : decision.reason;
}
