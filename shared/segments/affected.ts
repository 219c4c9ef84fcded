import type { Person } from '#shared/profiles/activity.ts';
import { FIELD_KINDS, type Field, type FieldKind } from './leaf.ts';

/** What reads a field, by its place among the readers. */
type Readers = Readonly<Record<FieldKind, ReadonlyMap<string, readonly number[]>>>;

/** Says which readers may come to another answer about a person than about who they were before. */
export type Affected = (before: Person, after: Person, visit: (reader: number) => void) => void;

/**
 * Indexes readers by the fields that they read. To find those affected costs what the person has, not
 * what there is to evaluate: entries are compared as objects, since folding makes new ones only of
 * what it changes.
 */
export function indexReaders(readers: readonly (readonly Field[])[]): Affected {
  const index = readersOf(readers);
  // Which look each reader was found in last: one that reads several fields is visited once
  const found = new Float64Array(readers.length);
  let look = 0;
  return function affected(before, after, visit) {
    look += 1;
    const call = (reader: number): void => {
      if (found[reader] === look) return;
      found[reader] = look;
      visit(reader);
    };
    const touched = (kind: FieldKind, name: string): void => index[kind].get(name)?.forEach(call);
    const { profile: was, activity: did } = before;
    const { profile, activity } = after;

    differences(did.events, activity.events, (name) => touched('events', name));
    if (did.otherEvents !== activity.otherEvents) touched('otherEvents', '');
    if (did.firstSeenAt !== activity.firstSeenAt) touched('firstSeenAt', '');
    differences(did.computed, activity.computed, (name) => touched('computed', name));
    differences(did.sums, activity.sums, (name) => touched('sums', name));
    // A value may be decided by when it was last said
    differences(did.affirmed, activity.affirmed, (name) => touched('traits', name));
    if (was === profile) return;

    differences(was.traits, profile.traits, (name) => touched('traits', name));
    differences(was.consents, profile.consents, (name) => touched('consents', name));
    const identifier = (key: string): void => touched('identifiers', key.slice(0, key.indexOf('#')));
    differences(was.identifiers, profile.identifiers, identifier);
    differences(was.contacts, profile.contacts, identifier);
    if (was.market?.value !== profile.market?.value) touched('market', '');
    if (was.brand?.value !== profile.brand?.value) touched('brand', '');
  };
}

function readersOf(readers: readonly (readonly Field[])[]): Readers {
  const index = {
    traits: new Map<string, number[]>(),
    identifiers: new Map<string, number[]>(),
    consents: new Map<string, number[]>(),
    market: new Map<string, number[]>(),
    brand: new Map<string, number[]>(),
    events: new Map<string, number[]>(),
    otherEvents: new Map<string, number[]>(),
    sums: new Map<string, number[]>(),
    computed: new Map<string, number[]>(),
    firstSeenAt: new Map<string, number[]>(),
  } satisfies Readers;
  readers.forEach((fields, reader) => {
    for (const kind of FIELD_KINDS) {
      for (const name of new Set(fields.filter(({ of }) => of === kind).map((field) => field.name))) {
        const known = index[kind].get(name);
        if (known === undefined) index[kind].set(name, [reader]);
        else known.push(reader);
      }
    }
  });
  return index;
}

/** Visits the names whose entries are not the same object or value in both. */
function differences<T>(
  before: Readonly<Record<string, T>>,
  after: Readonly<Record<string, T>>,
  visit: (name: string) => void,
): void {
  if (before === after) return;
  for (const name in after) if (after[name] !== before[name]) visit(name);
  for (const name in before) if (!Object.hasOwn(after, name)) visit(name);
}
