import * as z from 'zod';
import { mapConcurrently } from '#functions/runtime/concurrency.ts';
import { QualityOutcome } from '#shared/quality/quality-count.ts';
import { type QualitySummary, summariseQuality } from '#shared/quality/summarise-quality.ts';
import { Slug } from '#shared/sources/source.ts';
import { type AdminRoute, adminRoute } from './admin-route.ts';
import { isInScope } from './caller.ts';
import { limit } from './cursor.ts';
import { findInScope, OfDefinition } from './definition-routes.ts';
import type { AdminPorts } from './ports.ts';
import { From, To, timeRange } from './time-range.ts';

const DAY_MS = 86_400_000;

/** Days of one question: an answer names each hour. */
export const MAX_QUALITY_DAYS = 31;

const Count = z.int().nonnegative();

export const TotalsView = z.strictObject({
  events: Count.describe('all that came, each once'),
  accepted: Count.describe('applied, and nothing was found wrong with them'),
  flagged: Count.describe('applied, although they are not as the tracking plan says'),
  dropped: Count.describe("not wanted, by the source's own lists"),
  quarantined: Count.describe('not applied, and kept'),
  redriven: Count.describe('of those quarantined: applied later'),
  wrong: Count.describe('flagged or quarantined'),
  shareWrong: z.number().min(0).max(1).describe('of all that came'),
});

const WHY = {
  reasons: z
    .array(z.strictObject({ outcome: QualityOutcome, reason: z.string(), count: Count }))
    .describe('why events were quarantined or dropped, the most frequent first'),
  violations: z
    .array(z.strictObject({ violation: z.string(), count: Count }))
    .describe('what the tracking plan found wrong, the most frequent first: an event may have several'),
};

export const WhyView = z.strictObject(WHY);

const HourView = TotalsView.extend({ hour: z.iso.datetime().describe('its beginning') });

const SummaryView = z.strictObject({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  totals: TotalsView,
  ...WHY,
  hours: z.array(HourView).describe('those in which anything came'),
});

const Range = z.object({
  from: From.optional(),
  to: To.optional(),
  limit: limit(50, 300).describe('reasons, violations, and events'),
});

export const QUALITY_ROUTES: readonly AdminRoute[] = [
  adminRoute({
    method: 'GET',
    path: '/v1/sources/{id}/quality',
    operationId: 'getSourceQuality',
    summary:
      "Which share of a source's data is wrong, and why: by hour of receipt, of the last day unless asked",
    role: 'viewer',
    resource: 'source',
    status: 200,
    problems: [404],
    input: z.object({ parameters: OfDefinition, query: Range }),
    answer: SummaryView.extend({
      events: z
        .array(TotalsView.extend({ event: z.string(), ...WHY }))
        .describe('by name, those of which most is wrong first; … stands for names that are not told apart'),
    }),
    async handle({ parameters: { id }, query }, context) {
      await findInScope(SOURCES, id, context);
      const range = hoursAskedFor(query, context.ports);
      const summary = summariseQuality(await context.ports.quality.hours(id, range));
      const events = summary.events
        .slice(0, query.limit)
        .map((event) => ({ ...event, ...viewWhy(event, query.limit) }));
      return { ...viewSummary(summary, { ...range, limit: query.limit }), events };
    },
  }),

  adminRoute({
    method: 'GET',
    path: '/v1/quality',
    operationId: 'getQuality',
    summary: 'Which share of the data of all sources is wrong, and why, and which sources send most of it',
    role: 'viewer',
    resource: 'source',
    status: 200,
    problems: [],
    input: z.object({ query: Range }),
    answer: SummaryView.extend({
      sources: z
        .array(TotalsView.extend({ source: Slug, name: z.string() }))
        .describe('those of which most is wrong first'),
    }),
    async handle({ query }, { caller, ports }) {
      const range = hoursAskedFor(query, ports);
      const all = (await ports.sources.list()).map(({ definition }) => definition);
      const ofSources = all
        .filter((source) => isInScope(caller, source))
        .map(({ id, name }) => ({ id, name }));
      const read = await mapConcurrently(ofSources, SOURCES_AT_ONCE, async (source) => ({
        ...source,
        hours: await ports.quality.hours(source.id, range),
      }));
      const sources = read
        .map(({ id, name, hours }) => ({ source: id, name, ...summariseQuality(hours).totals }))
        .toSorted((a, b) => b.wrong - a.wrong || b.events - a.events || (a.source < b.source ? -1 : 1));
      const summary = summariseQuality(read.flatMap(({ hours }) => hours));
      return { ...viewSummary(summary, { ...range, limit: query.limit }), sources };
    },
  }),
];

export const SOURCES = { kind: 'source', repository: (ports: AdminPorts) => ports.sources } as const;

const SOURCES_AT_ONCE = 8;

const hoursAskedFor = (query: z.output<typeof Range>, { now }: AdminPorts) =>
  timeRange(query, { now: now(), standardMs: DAY_MS, mostDays: MAX_QUALITY_DAYS });

const viewSummary = (
  { totals, hours, ...why }: QualitySummary,
  { from, to, limit: most }: { readonly from: number; readonly to: number; readonly limit: number },
): z.input<typeof SummaryView> => ({
  from: new Date(from).toISOString(),
  to: new Date(to).toISOString(),
  totals,
  ...viewWhy(why, most),
  hours: hours.map(({ hour, ...ofHour }) => ({ hour: new Date(hour).toISOString(), ...ofHour })),
});

/** So many of each. */
export const viewWhy = (
  { reasons, violations }: Pick<QualitySummary, 'reasons' | 'violations'>,
  most: number,
): z.input<typeof WhyView> => ({
  reasons: reasons.slice(0, most),
  violations: violations.slice(0, most),
});
