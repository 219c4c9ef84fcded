import { LIMITS } from '#shared/events/limits.ts';
import { own } from '#shared/kernel/own.ts';
import { compareJson } from '#shared/traits/json-order.ts';
import { keepsSeveral, keepWrites } from '#shared/traits/keep-writes.ts';
import { readTrait } from '#shared/traits/read-trait.ts';
import { onlySaid, type Said, saidOf, storedOf, type TraitWrite } from '#shared/traits/trait.ts';
import type { TraitDefinition, TraitRules } from '#shared/traits/trait-definition.ts';
import type { Activity } from './activity.ts';
import { type Draft, openProfile } from './draft.ts';
import { hasRoom, leastNames } from './least-names.ts';
import type { NormalisedEvent } from './normalise-event.ts';
import type { RefusedTrait } from './refusals.ts';

/**
 * Writes what an event says of traits, each by its rule.
 *
 * A write that only repeats what a trait already says is kept beside the activity, and leaves the
 * profile as it is: the order of writes needs its time, and nothing else has changed.
 *
 * @returns what was not taken.
 */
export function foldTraits(draft: Draft, event: NormalisedEvent, rules: TraitRules): readonly RefusedTrait[] {
  let refused = event.refusedTraits;
  for (const [name, value] of event.traits) {
    const rule = rules.get(name);
    if (rule === undefined) {
      writeTrait(draft, { name, write: writeOf(value, event), rule });
      continue;
    }
    const read = readTrait(value, rule, event.country);
    if (read.refused !== undefined) refused = [...refused, { name, reason: read.refused }];
    if (read.value !== undefined) writeTrait(draft, { name, write: writeOf(read.value, event), rule });
  }
  return refused;
}

const writeOf = (value: unknown, { at, id, source, messageId }: NormalisedEvent): TraitWrite => ({
  value,
  at,
  id,
  source,
  messageId,
});

interface Incoming {
  readonly name: string;
  readonly write: TraitWrite;
  readonly rule: TraitDefinition | undefined;
}

function writeTrait(draft: Draft, incoming: Incoming): void {
  const { name, write, rule } = incoming;
  const stored = own(draft.profile.traits, name);
  if (stored === undefined && !hasRoom(draft.profile.traits, name, LIMITS.traitCount)) return;
  if (!Array.isArray(stored) && (rule?.strategy ?? 'latest') === 'latest') {
    writeLatest(draft, incoming, stored);
    return;
  }
  const before = saidOf(stored, own(draft.activity.affirmed, name));
  const after = keepWrites([...before, { write, last: [write.at, write.id] }], rule);
  // Tombstones alone say nothing by some rules
  if (after.length === 0) return;
  const again = sameWrites(before, after);
  if (again === undefined) replace(draft, name, storedOf(after, keepsSeveral(rule)));
  else affirm(draft, name, storedOf(again, keepsSeveral(rule)).affirmed);
}

/** The shortest way of the commonest rule: one write, which a later one replaces or only affirms. */
function writeLatest(draft: Draft, { name, write }: Incoming, stored: TraitWrite | undefined): void {
  if (stored !== undefined) {
    const { last } = onlySaid(stored, own(draft.activity.affirmed, name));
    if (write.at < last[0] || (write.at === last[0] && write.id <= last[1])) return;
    if (compareJson(stored.value, write.value) === 0) {
      affirm(draft, name, [[write.at, write.id]]);
      return;
    }
  }
  replace(draft, name, { trait: write });
}

/** `after` in the places of `before`, where no write is new and none gone. */
function sameWrites(before: readonly Said[], after: readonly Said[]): readonly Said[] | undefined {
  if (before.length !== after.length) return undefined;
  const found = before.map(({ write }) => after.find((one) => one.write === write));
  return found.every((one) => one !== undefined) ? found : undefined;
}

function replace(draft: Draft, name: string, { trait, affirmed }: ReturnType<typeof storedOf>): void {
  affirm(draft, name, affirmed);
  const profile = openProfile(draft);
  profile.traits[name] = trait;
  const kept = leastNames(profile.traits, LIMITS.traitCount);
  if (kept === profile.traits) return;
  profile.traits = kept;
  for (const other of Object.keys(draft.activity.affirmed)) {
    if (!Object.hasOwn(kept, other)) affirm(draft, other, undefined);
  }
}

function affirm({ activity }: Draft, name: string, affirmed: Activity['affirmed'][string] | undefined): void {
  if (affirmed !== undefined) {
    activity.affirmed = { ...activity.affirmed, [name]: affirmed };
  } else if (Object.hasOwn(activity.affirmed, name)) {
    const { [name]: _, ...others } = activity.affirmed;
    activity.affirmed = others;
  }
}
