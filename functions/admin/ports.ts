import type { TimelineReader } from '#functions/adapters/dynamodb/timeline-reader.ts';
import type { EventsReader } from '#functions/adapters/kinesis/events-reader.ts';
import type { Uploads } from '#functions/adapters/s3/uploads.ts';
import type { Schedules } from '#functions/adapters/scheduler/schedules.ts';
import type { Runs } from '#functions/adapters/stepfunctions/runs.ts';
import type { PreviewPorts } from '#functions/evaluation/preview-segment.ts';
import type { RedrivePorts } from '#functions/quarantine/redrive.ts';
import type { Audience } from '#functions/runs/audience.ts';
import type { RunFiles } from '#functions/runs/run-files.ts';
import type { RunProgress } from '#functions/runs/run-progress.ts';
import type { ComputedTrait } from '#shared/computed/computed-trait.ts';
import type { StoredWorkspaceSettings } from '#shared/computed/workspace-settings.ts';
import type { Export } from '#shared/exports/export.ts';
import type { StoredIdentitySettings } from '#shared/identity/settings.ts';
import type { Import } from '#shared/imports/import.ts';
import type { TrackingPlan } from '#shared/plans/tracking-plan.ts';
import type { ConflictList } from '#shared/profiles/conflict.ts';
import type { DefinitionsSource } from '#shared/profiles/definitions.ts';
import type { ErasureRepository } from '#shared/profiles/erasure-repository.ts';
import type { MergeRepository } from '#shared/profiles/merge-repository.ts';
import type { IdentityRepository, PeopleRepository } from '#shared/profiles/people-repository.ts';
import type { QualityReader } from '#shared/quality/quality-count.ts';
import type { AudienceRows } from '#shared/segments/audience-rows.ts';
import type { StoredLifecycle } from '#shared/segments/lifecycle.ts';
import type { Segment } from '#shared/segments/segment.ts';
import type { SegmentSizes } from '#shared/segments/segment-sizes.ts';
import type { Campaign } from '#shared/sending/campaign.ts';
import type { DefinitionRepository } from '#shared/sources/definition-repository.ts';
import type { Source } from '#shared/sources/source.ts';
import type { TraitDefinition } from '#shared/traits/trait-definition.ts';
import type { ImportOrder } from './import-orders.ts';

/** What the Admin API works on. */
export interface AdminPorts {
  readonly people: Pick<PeopleRepository, 'findMany'>;
  readonly merges: MergeRepository;
  readonly identities: IdentityRepository;
  readonly erasures: ErasureRepository;
  /** For how long messages, and whose identifiers were erased, are told from new ones. */
  readonly dedupDays: number;
  readonly definitions: DefinitionsSource;
  readonly conflicts: ConflictList;
  readonly identitySettings: Pick<DefinitionRepository<StoredIdentitySettings>, 'find' | 'put'>;
  readonly workspaceSettings: Pick<DefinitionRepository<StoredWorkspaceSettings>, 'find' | 'put'>;
  readonly timeline: TimelineReader;
  readonly audience: Pick<Audience, 'membersAfter'>;
  readonly rows: Pick<AudienceRows, 'size'>;
  readonly sizes: Pick<SegmentSizes, 'history'>;
  readonly scan: PreviewPorts['scan'];
  readonly previewDefinitions: PreviewPorts['previewDefinitions'];
  /** From 0 up to, and without, 1. */
  readonly random: () => number;
  readonly progress: Pick<RunProgress, 'find'>;
  /** The version of what people are evaluated by. */
  readonly definitionsState: () => Promise<{ readonly version: number }>;
  readonly sources: DefinitionRepository<Source>;
  readonly trackingPlans: DefinitionRepository<TrackingPlan>;
  readonly segments: DefinitionRepository<Segment>;
  readonly lifecycle: Pick<DefinitionRepository<StoredLifecycle>, 'find' | 'put'>;
  readonly traits: DefinitionRepository<TraitDefinition>;
  readonly computedTraits: DefinitionRepository<ComputedTrait>;
  readonly imports: DefinitionRepository<Import>;
  readonly exports: DefinitionRepository<Export>;
  readonly campaigns: DefinitionRepository<Campaign>;
  readonly runs: {
    readonly evaluations: Runs;
    readonly imports: Runs<ImportOrder>;
    readonly exports: Runs;
    readonly campaigns: Runs;
  };
  readonly uploads: Uploads;
  readonly schedules: { readonly exports: Schedules; readonly campaigns: Schedules };
  readonly files: { readonly bucket: string } & Pick<RunFiles, 'readJson'>;
  readonly redriving: RedrivePorts;
  readonly quality: QualityReader;
  readonly reader: EventsReader;
  /** What a source is of unless it says so itself. */
  readonly workspace: { readonly market: string; readonly brand: string; readonly legalEntity: string };
  /** A fresh id for a run. */
  readonly newRunId: () => string;
  readonly now: () => number;
  /** Waits before another attempt at what others write to as well. */
  readonly pause: (attempt: number) => Promise<void>;
}
