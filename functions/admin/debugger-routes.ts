import * as z from 'zod';
import { type AcceptedEvent, lastAccepted } from '#functions/quality/last-accepted.ts';
import { lastRejected, type RejectedEvent } from '#functions/quality/last-rejected.ts';
import { CollectedEvent } from '#shared/events/event.ts';
import { KEPT_DAYS } from '#shared/kernel/kept-days.ts';
import { summariseQuality } from '#shared/quality/summarise-quality.ts';
import { type AdminRoute, adminRoute } from './admin-route.ts';
import { limit } from './cursor.ts';
import { findInScope, OfDefinition } from './definition-routes.ts';
import { SOURCES, TotalsView, viewWhy, WhyView } from './quality-routes.ts';

const DAY_MS = 86_400_000;

/** How far back refused events are looked for. */
export const REJECTED_DAYS = 7;

/** Of all events of one answer, which Lambda bounds at 6 MB. */
const MAX_CHARACTERS = 3_000_000;

const Time = z.iso.datetime();

const AcceptedView = z.strictObject({
  receivedAt: Time,
  redriven: z.literal(true).optional().describe('it came out of quarantine'),
  event: CollectedEvent.extend({ timestamp: Time, originalTimestamp: Time.optional() }).describe(
    'as it was taken in, with the time at which it happened by our clock',
  ),
});

const RejectedView = z.strictObject({
  receivedAt: Time,
  reason: z.string(),
  details: z.array(z.string()).optional().describe('what of it is wrong, one by one'),
  key: z.string().describe('where it lies in quarantine'),
  entry: z.int().nonnegative(),
  event: z.unknown().optional().describe('as it was sent; absent where the answer would be too long'),
});

export const DEBUGGER_ROUTES: readonly AdminRoute[] = [
  adminRoute({
    method: 'GET',
    path: '/v1/sources/{id}/debugger',
    operationId: 'getSourceDebugger',
    summary: 'The last events of a source that were taken in, and those that were refused, with why',
    role: 'viewer',
    resource: 'source',
    status: 200,
    problems: [404],
    input: z.object({ parameters: OfDefinition, query: z.object({ limit: limit(20, 100) }) }),
    answer: z.strictObject({
      lastAcceptedAt: Time.optional().describe('of the last day'),
      complete: z
        .boolean()
        .describe('false where some of those taken in may lack, because so much else is on the stream'),
      accepted: z.array(AcceptedView).describe('of the last day, the newest first'),
      rejected: z.array(RejectedView).describe('of the last seven days, the newest first'),
      lastDay: WhyView.extend({ totals: TotalsView }),
    }),
    async handle({ parameters: { id: source }, query }, context) {
      await findInScope(SOURCES, source, context);
      const { reader, quality, redriving, now } = context.ports;
      const to = now();
      const asked = { source, limit: query.limit };
      const [accepted, rejected, hours] = await Promise.all([
        lastAccepted(asked, { reader, quality, now }),
        lastRejected({ ...asked, from: to - REJECTED_DAYS * DAY_MS, to }, redriving.quarantine),
        quality.hours(source, { from: to - KEPT_DAYS.stream * DAY_MS, to }),
      ]);
      const { totals, ...why } = summariseQuality(hours);
      return {
        ...(accepted.lastAt !== undefined && { lastAcceptedAt: timeText(accepted.lastAt) }),
        complete: accepted.complete,
        accepted: accepted.events.map(viewAccepted),
        rejected: viewRejected(rejected),
        lastDay: { totals, ...viewWhy(why, query.limit) },
      };
    },
  }),
];

const timeText = (at: number): string => new Date(at).toISOString();

const viewAccepted = ({ event, receivedAt, redriven }: AcceptedEvent): z.input<typeof AcceptedView> => ({
  receivedAt: timeText(receivedAt),
  ...(redriven && { redriven }),
  event: {
    ...event,
    timestamp: timeText(event.timestamp),
    originalTimestamp: event.originalTimestamp === undefined ? undefined : timeText(event.originalTimestamp),
  },
});

/** What was refused may be as large as a body. */
function viewRejected(rejected: readonly RejectedEvent[]): z.input<typeof RejectedView>[] {
  let left = MAX_CHARACTERS;
  return rejected.map(({ key, entry: { n: entry, receivedAt, reason, details, event } }) => {
    const length = JSON.stringify(event)?.length ?? 0;
    const isShown = length <= left;
    if (isShown) left -= length;
    return {
      receivedAt: timeText(receivedAt),
      reason,
      ...(details !== undefined && { details }),
      key,
      entry,
      ...(isShown && { event }),
    };
  });
}
