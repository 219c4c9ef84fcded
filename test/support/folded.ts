import type { ComputedRules } from '#shared/computed/computed-rules.ts';
import type { CollectedEvent } from '#shared/events/event.ts';
import type { Person } from '#shared/profiles/activity.ts';
import { foldEvents } from '#shared/profiles/fold.ts';
import { normaliseEvent } from '#shared/profiles/normalise-event.ts';
import { DEFAULT_RULES } from '#shared/traits/trait-definition.ts';
import { web } from './events.ts';
import { person } from './person.ts';

/** A person made of what they did alone. */
export function folded(
  events: readonly CollectedEvent[],
  { computed, receivedAt }: { readonly computed: ComputedRules; readonly receivedAt: number },
): Person {
  const resolved = events.map((collected) => ({
    event: normaliseEvent(collected, { source: web, receivedAt }),
    link: [],
    refused: [],
  }));
  const options = { spilled: new Set<string>(), traits: DEFAULT_RULES, computed };
  return foldEvents(person('p1'), resolved, options).person;
}
