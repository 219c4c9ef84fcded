import * as z from 'zod';
import { NO_AGGREGATES } from '#shared/computed/computed-rules.ts';
import { Pid } from '#shared/events/event.ts';
import { IdentifierType, identifierOf } from '#shared/identity/identifier.ts';
import type { Person } from '#shared/profiles/activity.ts';
import type { MergeLog, Parting } from '#shared/profiles/merge-log.ts';
import { DEFAULT_RULES } from '#shared/traits/trait-definition.ts';
import { Cursor } from './cursor.ts';
import { ProfileView, viewProfile } from './profile-view.ts';

const Time = z.iso.datetime();
const Identifier = z.strictObject({ type: IdentifierType, value: z.string() });

/** Why one person absorbed another. */
export const MergeView = z.strictObject({
  at: Time,
  survivor: Pid,
  absorbed: Pid,
  because: z.string().describe('the same as a sentence'),
  cause: z
    .strictObject({
      at: Time,
      source: z.string(),
      messageId: z.string(),
      ofSurvivor: z.array(Identifier),
      ofAbsorbed: z.array(Identifier),
    })
    .describe('the event that showed them to be one, with its identifiers that each of them had'),
});
export type MergeView = z.infer<typeof MergeView>;

/** What cannot be told apart of two people who were one: it stays with the survivor. */
export const InseparableView = z.strictObject({
  events: z.int().describe('how many came while they were one'),
  traits: z.array(z.string()).describe('set while they were one'),
  identifiers: z.array(Identifier).describe('linked while they were one'),
  consents: z
    .array(z.strictObject({ channel: z.string(), purpose: z.string() }))
    .describe('stated while they were one; what was denied is denied for both'),
});

/** Two people who were one, and are set apart. */
export const PartingView = z.strictObject({
  at: Time,
  by: z.string().describe("the user's id in the pool"),
  survivor: Pid,
  absorbed: Pid,
  mergedAt: Time,
  inseparable: InseparableView,
});
export type PartingView = z.infer<typeof PartingView>;

/** How a person came to be one, as the Admin API shows it. */
export const IdentityView = z.strictObject({
  pid: Pid,
  createdAt: Time,
  summary: z.string(),
  identifiers: ProfileView.shape.identifiers,
  merges: z.array(MergeView).describe('the latest first, also those of the absorbed before they were'),
  parted: z
    .array(PartingView.extend({ merge: MergeView.optional() }))
    .describe('merges that were undone: the two are never merged again'),
  refusals: ProfileView.shape.refusals,
  apart: z
    .array(
      z.strictObject({
        pid: Pid,
        legalEntities: z.array(z.string()),
        identifiers: z.array(Identifier).describe('that both have'),
        because: z
          .enum(['legal_entity', 'not_seen_together'])
          .describe(
            'the companies may not join their customers; or they may by now, and no event has shown it',
          ),
      }),
    )
    .describe('people of other companies who have the same identifiers'),
  next: Cursor.optional(),
});
export type IdentityView = z.infer<typeof IdentityView>;

const iso = (ms: number): string => new Date(ms).toISOString();

export function viewMerge({ winner, loser, at, cause }: MergeLog): MergeView {
  const [ofSurvivor, ofAbsorbed] = [cause.ofWinner.map(identifierOf), cause.ofLoser.map(identifierOf)];
  const named = [
    ...ofSurvivor.map(({ type, value }) => `${type} ${value}, which was ${winner}'s`),
    ...ofAbsorbed.map(({ type, value }) => `${type} ${value}, which was ${loser}'s`),
  ];
  return {
    at: iso(at),
    survivor: winner,
    absorbed: loser,
    because: `message ${cause.messageId} of source ${cause.source} named ${named.join(', and ')}`,
    cause: { at: iso(cause.at), source: cause.source, messageId: cause.messageId, ofSurvivor, ofAbsorbed },
  };
}

export const viewParting = ({ survivor, loser, at, mergedAt, by, inseparable }: Parting): PartingView => ({
  at: iso(at),
  by,
  survivor,
  absorbed: loser,
  mergedAt: iso(mergedAt),
  inseparable: {
    ...inseparable,
    identifiers: inseparable.identifiers.map(identifierOf),
    consents: inseparable.consents.map((key) => {
      const [channel = '', purpose = ''] = key.split('/');
      return { channel, purpose };
    }),
  },
});

/** What a person is made of, but for the merges, which are read page by page. */
export function viewIdentity(
  person: Person,
): Pick<IdentityView, 'pid' | 'createdAt' | 'summary' | 'identifiers' | 'refusals'> {
  const { createdAt, identifiers, refusals } = viewProfile(person, {
    segments: [],
    traits: DEFAULT_RULES,
    computed: NO_AGGREGATES,
    at: 0,
  });
  const { absorbed, parted } = person.profile;
  return { pid: person.pid, createdAt, summary: summaryOf(absorbed, parted), identifiers, refusals };
}

function summaryOf(absorbed: Person['profile']['absorbed'], parted: Person['profile']['parted']): string {
  const [merges, partings] = [Object.keys(absorbed).length, Object.keys(parted).length];
  const made =
    merges === 0
      ? 'one person from the start'
      : `one person out of ${merges + 1}, by ${merges} ${merges === 1 ? 'merge' : 'merges'}`;
  return partings === 0 ? made : `${made}; set apart from ${partings} with whom they were one before`;
}
