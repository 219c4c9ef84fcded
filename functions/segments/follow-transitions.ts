import * as z from 'zod';
import { Pid } from '#shared/events/event.ts';
import { Transitions } from '#shared/profiles/activity.ts';
import type { Announcement, Announcer } from '#shared/segments/announcement.ts';
import type { AudienceRow, AudienceRows } from '#shared/segments/audience-rows.ts';

/** A write of a person that caused transitions, as table `people`'s stream shows it. */
export const TransitionWrite = z.object({
  pid: Pid,
  out: Transitions,
  /** On what is left of an absorbed person. */
  mergedInto: Pid.optional(),
});
export type TransitionWrite = z.infer<typeof TransitionWrite>;

/**
 * Follows one write of a person: first the rows, then the news.
 *
 * May be repeated, and overtaken by a later write of the same person: rows are ordered by `n`, news
 * carries an id. The absorbed side of a merge only loses its rows, and the surviving side gains
 * those that moved: nobody entered or left.
 */
export async function followTransitions(
  { pid, out, mergedInto }: TransitionWrite,
  { rows, announcer }: { readonly rows: AudienceRows; readonly announcer: Announcer },
): Promise<void> {
  const { n, at, entered, exited, moved } = out;
  const rowOf = (segment: string): AudienceRow => ({ segment, pid, n, at });
  const absorbed = mergedInto !== undefined;
  const gained = absorbed ? [] : [...entered, ...moved];
  const lost = absorbed ? [...exited, ...moved] : exited;

  await Promise.all([
    ...gained.map((segment) => rows.enter(rowOf(segment))),
    ...lost.map((segment) => rows.leave(rowOf(segment))),
  ]);
  if (absorbed) return;

  const news = (kind: Announcement['kind']) => (segment: string) => ({
    kind,
    id: `${pid}#${n}#${segment}`,
    pid,
    segment,
    at,
  });
  await announcer.announce([...entered.map(news('Segment Entered')), ...exited.map(news('Segment Exited'))]);
}
