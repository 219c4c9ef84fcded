import { expect, vi } from 'vitest';
import * as z from 'zod';
import type { KeyedStreamRecord } from '#functions/adapters/kinesis/events-stream.ts';
import type { ImportOrder } from '#functions/admin/import-orders.ts';
import { openApiDocument } from '#functions/admin/openapi.ts';
import type { AdminPorts } from '#functions/admin/ports.ts';
import { ADMIN_ROUTES } from '#functions/admin/routes.ts';
import { serveRoutes } from '#functions/admin/serve.ts';
import { httpHandler } from '#functions/runtime/http.ts';
import { logger } from '#functions/runtime/telemetry.ts';
import type { ComputedTrait } from '#shared/computed/computed-trait.ts';
import { NO_REGISTRY, nextRegistry } from '#shared/computed/registry.ts';
import type { StoredWorkspaceSettings } from '#shared/computed/workspace-settings.ts';
import type { StreamRecord } from '#shared/events/stream-record.ts';
import type { Export } from '#shared/exports/export.ts';
import { identityRow } from '#shared/identity/identifier.ts';
import type { StoredIdentitySettings } from '#shared/identity/settings.ts';
import type { Import } from '#shared/imports/import.ts';
import type { TrackingPlan } from '#shared/plans/tracking-plan.ts';
import type { Person } from '#shared/profiles/activity.ts';
import type { Definitions } from '#shared/profiles/definitions.ts';
import type { TimelineEvent } from '#shared/profiles/timeline.ts';
import { compileCatalog, wantedAggregates } from '#shared/segments/catalog.ts';
import type { StoredLifecycle } from '#shared/segments/lifecycle.ts';
import type { Segment } from '#shared/segments/segment.ts';
import type { Campaign } from '#shared/sending/campaign.ts';
import type { Source } from '#shared/sources/source.ts';
import type { TraitDefinition } from '#shared/traits/trait-definition.ts';
import { httpEvent, lambdaContext } from './http-event.ts';
import { memoryRuns, memorySchedules } from './memory-activation.ts';
import { memoryAudienceRows } from './memory-audience-rows.ts';
import { memoryDefinitions } from './memory-definitions.ts';
import { memoryPeople } from './memory-people.ts';
import { memoryPeopleScan } from './memory-people-scan.ts';
import { memoryQuality } from './memory-quality.ts';
import { memoryFailed, memoryQuarantine } from './memory-quarantine.ts';
import { memoryRules } from './memory-rules.ts';
import { memoryRunProgress } from './memory-run-progress.ts';
import { memorySegmentSizes } from './memory-segment-sizes.ts';
import { memoryUploads } from './memory-uploads.ts';
import { memoryAudience, memoryRunFiles } from './runs.ts';

export const ADMIN = { sub: 'u-admin', token_use: 'id', 'cognito:groups': '[admin]' };

/** Since when the API of a test counts what somebody defines. */
export const COUNTED_SINCE = 1_794_000_000_000;

interface Call {
  readonly claims?: Record<string, string>;
  readonly body?: unknown;
  readonly query?: Record<string, string>;
  readonly headers?: Record<string, string>;
}

/** The Admin API over ports in memory; every answer is held against the OpenAPI document. */
export function adminApi() {
  const audit: unknown[] = [];
  vi.spyOn(logger, 'info').mockImplementation((...line) => void audit.push(line[1]));
  const memory = memoryPeople();
  const members = memoryAudience([]);
  const rows = memoryAudienceRows();
  const runs = {
    evaluations: memoryRuns(),
    imports: memoryRuns<ImportOrder>(),
    exports: memoryRuns(),
    campaigns: memoryRuns(),
  };
  const uploads = memoryUploads(() => 1_795_000_000_000);
  const progress = memoryRunProgress();
  const sizes = memorySegmentSizes();
  const schedules = { exports: memorySchedules(), campaigns: memorySchedules() };
  const files = memoryRunFiles();
  const events: TimelineEvent[] = [];
  const asked: { pids: readonly string[]; before: string | undefined }[] = [];
  const quarantine = memoryQuarantine();
  const failed = memoryFailed();
  const quality = memoryQuality();
  const streamed: StreamRecord[] = [];
  const stream: KeyedStreamRecord[] = [];
  const sources = memoryDefinitions<Source>();
  const trackingPlans = memoryDefinitions<TrackingPlan>();
  const segments = memoryDefinitions<Segment>();
  const traits = memoryDefinitions<TraitDefinition>();
  const computedTraits = memoryDefinitions<ComputedTrait>();
  const workspaceSettings = memoryDefinitions<StoredWorkspaceSettings>();
  const lifecycle = memoryDefinitions<StoredLifecycle>();
  let ids = 0;
  let changes = 0;

  async function compiled(of: readonly Segment[]): Promise<Definitions> {
    const { timeZone } = (await workspaceSettings.find('workspace'))?.definition ?? { timeZone: 'UTC' };
    const counting = {
      segments: of,
      computedTraits: (await computedTraits.list()).map(({ definition }) => definition),
      lifecycle: (await lifecycle.find('lifecycle'))?.definition,
      timeZone,
    };
    const wanted = wantedAggregates(counting);
    return compileCatalog({
      ...counting,
      version: 1,
      traits: (await traits.list()).map(({ definition }) => definition),
      registry: nextRegistry(NO_REGISTRY, { wanted, timeZone, since: COUNTED_SINCE }),
    });
  }

  const ports: AdminPorts = {
    people: memory.people,
    merges: memory.merges,
    identities: memory.identities,
    erasures: memory.erasures,
    dedupDays: 30,
    definitions: {
      current: async () => compiled((await segments.list()).map(({ definition }) => definition)),
    },
    conflicts: memory.conflicts,
    identitySettings: memoryDefinitions<StoredIdentitySettings>(),
    workspaceSettings,
    lifecycle,
    timeline: {
      async newest(pids, { before, limit }) {
        asked.push({ pids, before });
        return { events: events.slice(0, limit), next: events.length > limit ? 'event#next' : undefined };
      },
    },
    audience: members,
    rows,
    sizes,
    scan: memoryPeopleScan(memory.everybody, 50),
    previewDefinitions: async (segment) => compiled([segment]),
    // as if each call came after another change
    definitionsState: async () => ({ version: ++changes }),
    random: () => 0,
    progress,
    sources,
    trackingPlans,
    segments,
    traits,
    computedTraits,
    imports: memoryDefinitions<Import>(),
    exports: memoryDefinitions<Export>(),
    campaigns: memoryDefinitions<Campaign>(),
    runs,
    uploads,
    schedules,
    files: { bucket: 'exports-bucket', readJson: files.readJson },
    redriving: {
      quarantine,
      failed,
      stream: { put: async (records) => void stream.push(...records) },
      sources,
      rulesOf: memoryRules(trackingPlans),
      dedupDays: 30,
      now: () => Date.parse('2026-11-22T12:00:00Z'),
    },
    quality,
    reader: {
      read: async ({ source, from, to }) => ({
        records: streamed.filter(
          ({ receivedAt, ...record }) =>
            record.source.id === source && receivedAt >= from && receivedAt <= to,
        ),
        complete: true,
      }),
    },
    workspace: { market: 'fr', brand: 'main', legalEntity: 'Main SA' },
    newRunId: () => `20261122T091500Z-${ids++}`,
    now: () => 1_795_000_000_000,
    pause: async () => {},
  };
  const handler = httpHandler({ capability: 'admin', routes: serveRoutes(ADMIN_ROUTES, ports) });
  const exercised = new Set<string>();

  async function call(method: string, path: string, { claims = ADMIN, ...request }: Call = {}) {
    const answer = await handler(httpEvent({ method, path, claims, ...request }), lambdaContext);
    const { statusCode: status = 0 } = answer;
    const body: unknown = answer.body === undefined ? undefined : JSON.parse(answer.body);
    const operation = holdToDocument({ method, path, status, body });
    if (status < 300 && operation !== undefined) exercised.add(operation);
    return { status, body };
  }

  return {
    call,
    ports,
    memory,
    members,
    rows,
    sizes,
    progress,
    runs,
    uploads,
    schedules,
    files,
    events,
    asked,
    audit,
    quarantine,
    failed,
    quality,
    streamed,
    stream,
    /** The operations that have answered with success. */
    exercised,
    async store(person: Person) {
      const { version } = person.activity;
      expect(version).toBe(1);
      await memory.people.write({
        person,
        profileChanged: true,
        claims: Object.keys(person.profile.identifiers).map((key) => identityRow('Main SA', key)),
      });
    },
  };
}

const DOCUMENT = z
  .object({
    paths: z.record(
      z.string(),
      z.record(
        z.string(),
        z.object({
          operationId: z.string(),
          responses: z.record(
            z.string(),
            z.object({
              content: z
                .object({ 'application/json': z.object({ schema: z.record(z.string(), z.unknown()) }) })
                .optional(),
            }),
          ),
        }),
      ),
    ),
    components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
  })
  // zod reads the schemas of a document under $defs
  .parse(
    JSON.parse(JSON.stringify(openApiDocument(ADMIN_ROUTES)).replaceAll('#/components/schemas/', '#/$defs/')),
  );

/** Fails for an answer that the document does not describe; gives the operation that it is of. */
function holdToDocument(answer: {
  method: string;
  path: string;
  status: number;
  body: unknown;
}): string | undefined {
  const found = Object.entries(DOCUMENT.paths).find(([template]) =>
    new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(answer.path),
  );
  const operation = found?.[1][answer.method.toLowerCase()];
  if (operation === undefined) return undefined;

  const response = operation.responses[answer.status];
  expect(response, `${operation.operationId} does not document ${answer.status}`).toBeDefined();
  const schema = response?.content?.['application/json'].schema;
  if (schema === undefined) expect(answer.body).toBeUndefined();
  else z.fromJSONSchema({ ...schema, $defs: definitions() }).parse(answer.body);
  return operation.operationId;
}

const definitions = () => z.record(z.string(), z.looseObject({})).parse(DOCUMENT.components.schemas);
