import type { EpochMs } from '#shared/events/event.ts';
import type { Person } from '#shared/profiles/activity.ts';
import { eligibility, type Ineligible } from '#shared/sending/eligibility.ts';
import type { Target } from '#shared/sending/target.ts';
import type { TraitRules } from '#shared/traits/trait-definition.ts';
import type { Export } from './export.ts';

/**
 * Decides whether a person may stand in an export's file, and if not, why.
 *
 * Only those whom it is for: who may read an export of a market relies on its people being alone in it.
 * One for a channel holds those who may be reached on it for its purpose.
 */
export function exclusionOf(
  person: Person,
  {
    target,
    channel,
    purpose,
    ...options
  }: Pick<Export, 'channel' | 'purpose'> & {
    readonly target: Target;
    readonly traits: TraitRules;
    readonly at: EpochMs;
  },
): Ineligible | undefined {
  if (channel === undefined || purpose === undefined) return target(person, options.at);
  const decision = eligibility(person, { target, channel, purpose, ...options });
  return decision.eligible ? undefined : decision.reason;
}
