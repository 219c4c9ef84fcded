import * as z from 'zod';
import { type Audience, AudienceChunk, AudienceSnapshot } from '#functions/runs/audience.ts';
import { DefinitionNotFoundError } from '#functions/runs/definition-not-found.ts';
import type { RunFiles } from '#functions/runs/run-files.ts';
import { definitionKey, planKey, reportKey } from '#functions/runs/run-keys.ts';
import { snapshotAudience } from '#functions/runs/snapshot-audience.ts';
import { addExclusions, Exclusions } from '#shared/exports/manifest.ts';
import { type Catalog, compileCatalog, KeptCatalog } from '#shared/segments/catalog.ts';
import { findGroup } from '#shared/segments/group.ts';
import type { StoredLifecycle } from '#shared/segments/lifecycle.ts';
import type { Segment } from '#shared/segments/segment.ts';
import { Campaign } from '#shared/sending/campaign.ts';
import { compileCampaign } from '#shared/sending/render.ts';
import { targetOf } from '#shared/sending/target.ts';
import type { DefinitionRepository } from '#shared/sources/definition-repository.ts';
import { Slug } from '#shared/sources/source.ts';
import { type PartPorts, sendPart } from './send-part.ts';

/** A run of a campaign; the id is the execution's name, and stands in the tags of every mail. */
export const CampaignRun = z.object({
  campaignId: Slug,
  runId: z.string().regex(/^[A-Za-z0-9_-]{1,80}$/),
});
export type CampaignRun = z.infer<typeof CampaignRun>;

/** One part of a run: the members whom the file at `key` lists. */
export const CampaignPart = CampaignRun.extend({ part: z.int().positive(), key: z.string().min(1) });
export type CampaignPart = z.infer<typeof CampaignPart>;

const Count = z.int().nonnegative();
const counts = { sent: Count, unknown: Count, failed: Count, excluded: Exclusions };

export const SentPart = z.strictObject({ part: z.int().positive(), ...counts });
export type SentPart = z.infer<typeof SentPart>;

/** A run whose parts are all done. */
export const SentCampaign = CampaignRun.extend({ parts: z.array(SentPart) });
export type SentCampaign = z.infer<typeof SentCampaign>;

/** The definitions that a run works by in all of its steps, whatever becomes of them meanwhile. */
const PlannedCampaign = z.strictObject({
  definition: Campaign,
  version: z.int().positive(),
  segmentVersion: z.int().positive(),
  catalog: KeptCatalog,
  startedAt: z.iso.datetime(),
});

/** What a run came to: everybody who was in the segment is in exactly one of the counts. */
export const CampaignReport = z.strictObject({
  campaign: z.strictObject({ id: Slug, version: z.int().positive() }),
  runId: z.string().min(1),
  segment: z.strictObject({ id: Slug, version: z.int().positive() }),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  members: Count,
  ...counts,
});
export type CampaignReport = z.infer<typeof CampaignReport>;

/** Members of one part: half a minute at the rate that SES gives a new account, which is 14 a second. */
const CHUNK_SIZE = 500;

/**
 * Begins a run: the definitions of now are what all of it works by, and who is in the segment now is
 * whom it is about.
 *
 * @throws {DefinitionNotFoundError} for a campaign or a segment that is not, or no longer, defined.
 */
export async function planCampaign(
  { campaignId, runId }: CampaignRun,
  ports: {
    readonly campaigns: Pick<DefinitionRepository<Campaign>, 'find'>;
    readonly segments: Pick<DefinitionRepository<Segment>, 'find'>;
    readonly lifecycle: Pick<DefinitionRepository<StoredLifecycle>, 'find'>;
    readonly catalog: () => Promise<Catalog>;
    readonly audience: Audience;
    readonly files: RunFiles;
    readonly now: () => number;
    readonly chunkSize?: number;
  },
) {
  const found = await ports.campaigns.find(campaignId);
  if (found === undefined) throw new DefinitionNotFoundError('Campaign', campaignId);
  const segment = await findGroup(found.definition.segment, ports);
  if (segment === undefined) throw new DefinitionNotFoundError('Segment', found.definition.segment);

  const run = { kind: 'campaigns', runId } as const;
  const planned = await ports.files.keepJson(definitionKey(run), PlannedCampaign, {
    definition: found.definition,
    version: found.version,
    segmentVersion: segment.version,
    catalog: KeptCatalog.parse(await ports.catalog()),
    startedAt: new Date(ports.now()).toISOString(),
  });
  const { chunks } = await snapshotAudience(
    { ...run, segment: planned.definition.segment, chunkSize: ports.chunkSize ?? CHUNK_SIZE },
    ports,
  );
  return {
    campaignId,
    runId,
    version: planned.version,
    chunks: chunks.map(({ key }, at): CampaignPart => ({ campaignId, runId, part: at + 1, key })),
  };
}

/** Sends one part; see {@link sendPart}. `newAttempt` makes an id that no other attempt has. */
export async function sendChunk(
  { runId, part, key }: CampaignPart,
  ports: PartPorts & {
    readonly files: RunFiles;
    readonly newAttempt: () => string;
  },
): Promise<SentPart> {
  const { files, newAttempt } = ports;
  const [{ definition, catalog }, { pids }] = await Promise.all([
    files.readJson(definitionKey({ kind: 'campaigns', runId }), PlannedCampaign),
    files.readJson(key, AudienceChunk),
  ]);
  const definitions = compileCatalog(catalog);
  const job = {
    run: runId,
    campaign: definition,
    target: targetOf(definition, definitions),
    traits: definitions.traits,
    templates: compileCampaign(definition),
    attempt: newAttempt(),
  };
  return { part, ...(await sendPart(pids, job, ports)) };
}

/** Ends a run: adds up its parts and stores the report, once. */
export async function finishCampaign(
  { runId, parts }: SentCampaign,
  { files, now }: { readonly files: RunFiles; readonly now: () => number },
): Promise<CampaignReport> {
  const run = { kind: 'campaigns', runId } as const;
  const [{ definition, version, segmentVersion, startedAt }, { members }] = await Promise.all([
    files.readJson(definitionKey(run), PlannedCampaign),
    files.readJson(planKey(run), AudienceSnapshot),
  ]);
  const sum = (count: (part: SentPart) => number) => parts.reduce((total, part) => total + count(part), 0);
  return files.keepJson(reportKey(runId), CampaignReport, {
    campaign: { id: definition.id, version },
    runId,
    segment: { id: definition.segment, version: segmentVersion },
    startedAt,
    finishedAt: new Date(now()).toISOString(),
    members,
    sent: sum(({ sent }) => sent),
    unknown: sum(({ unknown }) => unknown),
    failed: sum(({ failed }) => failed),
    excluded: addExclusions(parts.map(({ excluded }) => excluded)),
  });
}
