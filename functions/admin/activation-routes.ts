import * as z from 'zod';
import type { Schedules } from '#functions/adapters/scheduler/schedules.ts';
import { manifestKey, reportKey } from '#functions/runs/run-keys.ts';
import { CampaignReport } from '#functions/sending/run-campaign.ts';
import { Export } from '#shared/exports/export.ts';
import { Manifest } from '#shared/exports/manifest.ts';
import { RequestError } from '#shared/kernel/errors.ts';
import { findGroup } from '#shared/segments/group.ts';
import { Campaign } from '#shared/sending/campaign.ts';
import type { Schedule } from '#shared/sources/schedule.ts';
import type { AdminRoute } from './admin-route.ts';
import { type Caller, isInScope } from './caller.ts';
import { definitionRoutes } from './definition-routes.ts';
import type { AdminPorts } from './ports.ts';
import { runRoutes } from './run-routes.ts';

/** What sends people of a segment somewhere, by itself when it has a schedule. */
interface Activation {
  readonly id: string;
  readonly segment: string;
  readonly schedule?: Schedule | undefined;
}

const scheduled = (schedulesOf: (ports: AdminPorts) => Schedules) => ({
  /**
   * The schedule is set before the definition is stored: one that Scheduler refuses leaves nothing
   * behind, and a fault in between leaves a definition that the same PUT, sent again, completes.
   */
  async beforePut(
    { id, segment, schedule }: Activation,
    { caller, ports }: { readonly caller: Caller; readonly ports: AdminPorts },
  ): Promise<void> {
    const found = await findGroup(segment, ports);
    if (found === undefined || !isInScope(caller, found.definition)) throw unknownSegment();
    if (schedule === undefined) await schedulesOf(ports).remove(id);
    else await schedulesOf(ports).put(id, schedule);
  },

  beforeRemove: (id: string, ports: AdminPorts): Promise<void> => schedulesOf(ports).remove(id),
});

const EXPORTS = { kind: 'export', repository: (ports: AdminPorts) => ports.exports } as const;
const CAMPAIGNS = { kind: 'campaign', repository: (ports: AdminPorts) => ports.campaigns } as const;

export const EXPORT_ROUTES: readonly AdminRoute[] = [
  ...definitionRoutes({
    ...EXPORTS,
    schema: Export,
    editor: 'marketer',
    ...scheduled((ports) => ports.schedules.exports),
  }),
  ...runRoutes({
    ...EXPORTS,
    runs: (ports) => ports.runs.exports,
    result: Manifest.extend({ bucket: z.string() }),
    async resultOf({ id: runId, definitionId: exportId }, { files }) {
      const manifest = await files.readJson(manifestKey({ exportId, runId }), Manifest);
      return { ...manifest, bucket: files.bucket };
    },
  }),
];

export const CAMPAIGN_ROUTES: readonly AdminRoute[] = [
  ...definitionRoutes({
    ...CAMPAIGNS,
    schema: Campaign,
    editor: 'marketer',
    ...scheduled((ports) => ports.schedules.campaigns),
  }),
  ...runRoutes({
    ...CAMPAIGNS,
    runs: (ports) => ports.runs.campaigns,
    result: CampaignReport,
    resultOf: ({ id }, { files }) => files.readJson(reportKey(id), CampaignReport),
  }),
];

const unknownSegment = (): RequestError =>
  new RequestError({
    status: 400,
    code: 'INVALID_REQUEST',
    message: 'the request is not valid',
    details: [{ path: 'body.segment', message: 'no segment has this id' }],
  });
