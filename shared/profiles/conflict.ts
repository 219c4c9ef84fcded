import * as z from 'zod';
import { EpochMs, Pid } from '#shared/events/event.ts';
import { RefusalReason } from '#shared/identity/refusal.ts';
import type { Person } from './activity.ts';
import type { NewRefusal } from './refusals.ts';

/** A doubt about who somebody is: what an event said of them and was not taken, for people to look at. */
export const Conflict = z.strictObject({
  /** Whose the event is, as they were called then. */
  pid: Pid,
  /** `<type>#<value>` */
  identifier: z.string(),
  reason: RefusalReason,
  /** Whose the identifier is. */
  other: Pid.optional(),
  /** When the event was received. */
  at: EpochMs,
  source: z.string(),
  messageId: z.string(),
  legalEntity: z.string().optional(),
  /** Of the person, who may see it follows from them. */
  market: z.string().optional(),
  brand: z.string().optional(),
});
export type Conflict = z.infer<typeof Conflict>;

/** What a write that lists refusals of identifiers adds to the list of conflicts. */
export const conflictsOf = ({ pid, profile }: Person, refused: readonly NewRefusal[]): readonly Conflict[] =>
  refused.map(({ refusal, event: { source, legalEntity } }) => ({
    ...refusal,
    pid,
    source,
    ...(legalEntity !== undefined && { legalEntity }),
    ...(profile.market !== undefined && { market: profile.market.value }),
    ...(profile.brand !== undefined && { brand: profile.brand.value }),
  }));

/** Which conflicts are asked for; all, where nothing is said. */
export interface ConflictFilter {
  readonly reason?: RefusalReason | undefined;
  readonly market?: string | undefined;
  readonly brand?: string | undefined;
}

/**
 * Lists what was refused of identifiers, newest first. A write may take a moment to be listed. Its
 * promises are tested in `test/contract/conflict-list.ts`.
 */
export interface ConflictList {
  /**
   * @param page.before a place that an earlier page gave.
   * @returns at most `limit`, sometimes fewer although there are more; `next` is the place to go on
   * from, and absent at the end.
   */
  newest(page: {
    readonly filter: ConflictFilter;
    readonly before?: string | undefined;
    readonly limit: number;
  }): Promise<{ readonly conflicts: readonly Conflict[]; readonly next?: string }>;
}
