import type { CollectedEvent } from '#shared/events/event.ts';
import { idOf } from '#shared/events/ids.ts';
import { isJson } from '#shared/events/json.ts';
import type { SourceStamp } from '#shared/events/stream-record.ts';
import { assertUnreachable } from '#shared/kernel/assert-unreachable.ts';
import { externalIds } from './external-ids.ts';
import { type Identifier, identifierKey, type NamedType, typeOfKey } from './identifier.ts';
import { normalIdentifier } from './normal-form.ts';
import type { IdentityRules } from './rules.ts';

/** What an event says of whom it is about. */
export interface SaidIdentifiers {
  /** Keys, strongest first, each once; of an isolated source the strongest alone. */
  readonly identifiers: readonly string[];
  /** Keys of addresses that reach the person and do not point at them. */
  readonly contacts: readonly string[];
  /** The id that an alias call says its user had before, where it is another than they have now. */
  readonly previousId?: string | undefined;
}

interface Reading {
  readonly source: Pick<SourceStamp, 'country' | 'identity'>;
  readonly identity: IdentityRules;
}

const NOTHING: readonly never[] = [];

/**
 * Reads an event's identifiers in their normal form, as far as the settings count them.
 *
 * E-mail and phone count on `identify` alone, and as external ids: in other calls they are facts about
 * the moment, a colleague's address on an order for one.
 *
 * @param traits what an identify call says of the person.
 */
export function readIdentifiers(
  event: CollectedEvent,
  traits: Readonly<Record<string, unknown>> | undefined,
  { source, identity }: Reading,
): SaidIdentifiers {
  const previousId = previousIdOf(event);
  const spelling = { country: source.country, emailProviderRules: identity.emailProviderRules };
  let identifiers: string[] = [];
  let contacts: readonly string[] = NOTHING;
  for (const { type, isContact } of identity.named) {
    const value =
      type === 'anonymousId' && previousId !== undefined ? previousId : namedValue(type, event, traits);
    if (typeof value !== 'string') continue;
    const key = keyOf(normalIdentifier(type, value, spelling), identity);
    if (key === undefined) continue;
    if (isContact) contacts = [...contacts, key];
    else identifiers.push(key);
  }
  const said = event.context?.externalIds;
  if (Array.isArray(said)) {
    const external = externalIds(said, { country: source.country, identity });
    const keys = (isContact: boolean): readonly string[] =>
      external
        .filter(({ type }) => identity.isContact(type) === isContact)
        .flatMap((identifier) => keyOf(identifier, identity) ?? []);
    identifiers = byStrength([...identifiers, ...keys(false)], identity);
    contacts = [...new Set([...contacts, ...keys(true)])];
  }
  return {
    identifiers: source.identity === 'isolate' ? identifiers.slice(0, 1) : identifiers,
    contacts,
    previousId,
  };
}

/** Whether two events of one source can only have the same identifiers: they carry two ids alone, and the same. */
export const nameTheSame = (a: CollectedEvent, b: CollectedEvent): boolean =>
  a.userId === b.userId && a.anonymousId === b.anonymousId && carriesIdsAlone(a) && carriesIdsAlone(b);

const carriesIdsAlone = ({ type, context }: CollectedEvent): boolean =>
  type !== 'identify' &&
  type !== 'alias' &&
  (context === undefined || (context.externalIds === undefined && context.device === undefined));

function namedValue(
  type: NamedType,
  event: CollectedEvent,
  traits: Readonly<Record<string, unknown>> | undefined,
): unknown {
  switch (type) {
    case 'userId':
      return event.userId;
    case 'anonymousId':
      return event.anonymousId;
    case 'email':
      return traits?.email;
    case 'phone':
      return traits?.phone;
    case 'deviceId': {
      const device = event.context?.device;
      return isJson(device) ? idOf(device.id) : undefined;
    }
    default:
      return assertUnreachable(type);
  }
}

/** Segment's alias names the id that a person had before: an anonymous one, as its SDKs send it. */
const previousIdOf = ({ type, userId, previousId }: CollectedEvent): string | undefined =>
  type === 'alias' && userId !== undefined && previousId !== userId ? previousId : undefined;

const keyOf = (identifier: Identifier | undefined, { blocked }: IdentityRules): string | undefined => {
  if (identifier === undefined) return undefined;
  const key = identifierKey(identifier);
  return blocked.has(key) ? undefined : key;
};

/** Strongest first, each once; those of one type in the order of the event. */
const byStrength = (keys: readonly string[], { rankOf }: IdentityRules): string[] =>
  [...new Set(keys)].sort((a, b) => rankOf(typeOfKey(a)) - rankOf(typeOfKey(b)));
