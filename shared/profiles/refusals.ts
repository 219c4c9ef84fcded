import type { RefusalReason, RefusedIdentifier } from '#shared/identity/refusal.ts';
import { compareJson } from '#shared/traits/json-order.ts';
import type { NormalisedEvent } from './normalise-event.ts';
import type { Refusal } from './profile.ts';

/** How many refusals are listed on a person, and for how long one keeps its place. */
export const REFUSAL_LIMIT = 20;
export const REFUSAL_DAYS = 90;

const REFUSAL_MS = REFUSAL_DAYS * 86_400_000;

/** A refusal of an identifier, with the event that was refused it. */
export interface NewRefusal {
  readonly refusal: Refusal;
  readonly event: NormalisedEvent;
}

/** A trait that an event says and that is not taken, and why. */
export interface RefusedTrait {
  readonly name: string;
  readonly reason: Extract<RefusalReason, 'too_large' | 'invalid'>;
}

/** What of an event was not taken. */
export interface RefusedOfEvent {
  readonly refused: readonly RefusedIdentifier[];
  readonly refusedTraits: readonly RefusedTrait[];
}

/** What an event adds to a person's refusals. */
export interface AddedRefusals {
  /** What is listed after it; the list that was given where nothing is new. */
  readonly refusals: readonly Refusal[];
  /** Of those, the identifiers that were not listed before. */
  readonly identifiers: readonly NewRefusal[];
  /** How many identifiers found no place. */
  readonly unlisted: number;
}

/**
 * Lists what was refused of an event, each once. A full list takes no more until its oldest have had
 * their time: a profile is not to be written anew for every event of whoever sends such things.
 */
export function addRefusals(
  listed: readonly Refusal[],
  event: NormalisedEvent,
  refused: RefusedOfEvent,
): AddedRefusals {
  const news = refusalsOf(event, refused).filter(
    (refusal) => !listed.some((known) => isSame(known, refusal)),
  );
  const kept =
    listed.length + news.length <= REFUSAL_LIMIT
      ? listed
      : listed.filter(({ at }) => at > event.receivedAt - REFUSAL_MS);
  const added = news.slice(0, REFUSAL_LIMIT - kept.length);
  const identifiers = added.filter(isOfIdentifier).map((refusal) => ({ refusal, event }));
  return {
    refusals: added.length === 0 ? listed : [...kept, ...added],
    identifiers,
    unlisted: news.filter(isOfIdentifier).length - identifiers.length,
  };
}

/** The refusals of two people who are one, each once, as far as there is place: the earliest stay. */
export function joinRefusals(a: readonly Refusal[], b: readonly Refusal[]): Refusal[] {
  const joined: Refusal[] = [];
  for (const refusal of [...a, ...b].sort((x, y) => x.at - y.at || compareJson(x, y))) {
    if (!joined.some((known) => isSame(known, refusal))) joined.push(refusal);
  }
  return joined.slice(0, REFUSAL_LIMIT);
}

const isSame = (a: Refusal, b: Refusal): boolean =>
  a.identifier === b.identifier && a.reason === b.reason && a.other === b.other;

function refusalsOf(event: NormalisedEvent, { refused, refusedTraits }: RefusedOfEvent): readonly Refusal[] {
  const { messageId, receivedAt: at } = event;
  return [
    ...refused.map(({ key: identifier, ...rest }) => ({ identifier, ...rest, at, messageId })),
    ...refusedTraits.map(({ name, reason }) => ({ identifier: `trait#${name}`, reason, at, messageId })),
  ];
}

const isOfIdentifier = ({ identifier }: Refusal): boolean => !identifier.startsWith('trait#');
