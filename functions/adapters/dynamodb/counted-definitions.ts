import {
  type DynamoDBDocumentClient,
  GetCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { ComputedTrait } from '#shared/computed/computed-trait.ts';
import { MAX_COMPUTED_BYTES, mostBytesTogether } from '#shared/computed/most-bytes.ts';
import { NO_REGISTRY, nextRegistry, Registry } from '#shared/computed/registry.ts';
import { DEFAULT_TIME_ZONE, StoredWorkspaceSettings } from '#shared/computed/workspace-settings.ts';
import { StoredIdentitySettings } from '#shared/identity/settings.ts';
import { RequestError } from '#shared/kernel/errors.ts';
import { type Counting, wantedAggregates } from '#shared/segments/catalog.ts';
import { StoredLifecycle } from '#shared/segments/lifecycle.ts';
import { Segment } from '#shared/segments/segment.ts';
import type { DefinitionRepository } from '#shared/sources/definition-repository.ts';
import { TraitDefinition } from '#shared/traits/trait-definition.ts';
import { type Change, type DefinitionKind, dynamoDefinitions } from './definitions.ts';

export interface CatalogOptions {
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
  readonly now?: () => number;
}

/** For how long a container evaluates by what it has, before it asks whether there is something newer. */
export const DEFINITIONS_AGE_MS = 5_000;

/** Counts the changes of what people are written by, and says what is counted of them. */
export const META = { kind: 'meta', id: 'definitions' };

const Meta = z.object({ version: z.int().nonnegative(), registry: z.string().optional() });

/** The version that people are evaluated under, with what is counted of them under it. */
export async function readMeta({ client, tableName }: CatalogOptions): Promise<{
  readonly version: number;
  readonly registry: Registry;
}> {
  const { Item } = await client.send(
    new GetCommand({ TableName: tableName, Key: META, ConsistentRead: true }),
  );
  if (Item === undefined) return { version: 0, registry: NO_REGISTRY };
  const { version, registry } = Meta.parse(Item);
  return { version, registry: registry === undefined ? NO_REGISTRY : Registry.parse(JSON.parse(registry)) };
}

/** Segments over table `catalog`; each change raises the one version, in its transaction. */
export const dynamoSegments = (options: CatalogOptions): DefinitionRepository<Segment> =>
  counted(options, {
    kind: 'segment',
    schema: Segment,
    apply: (counting, change) => ({ ...counting, segments: replaced(counting.segments, change) }),
  });

/** Computed traits over table `catalog`; likewise. */
export const dynamoComputedTraits = (options: CatalogOptions): DefinitionRepository<ComputedTrait> =>
  counted(options, {
    kind: 'computedTrait',
    schema: ComputedTrait,
    apply: (counting, change) => ({ ...counting, computedTraits: replaced(counting.computedTraits, change) }),
  });

/** The settings of the workspace over table `catalog`, under the id `workspace`; likewise. */
export const dynamoWorkspaceSettings = (
  options: CatalogOptions,
): DefinitionRepository<StoredWorkspaceSettings> =>
  counted(options, {
    kind: 'settings',
    schema: StoredWorkspaceSettings,
    apply: (counting, { after }) => ({ ...counting, timeZone: after?.timeZone ?? DEFAULT_TIME_ZONE }),
  });

/** The life cycle over table `catalog`, under the id `lifecycle`; likewise. */
export const dynamoLifecycle = (options: CatalogOptions): DefinitionRepository<StoredLifecycle> =>
  counted(options, {
    kind: 'settings',
    schema: StoredLifecycle,
    apply: (counting, { after }) => ({ ...counting, lifecycle: after }),
  });

/** Definitions of traits over table `catalog`; likewise. */
export const dynamoTraits = (options: CatalogOptions): DefinitionRepository<TraitDefinition> =>
  counted(options, { kind: 'trait', schema: TraitDefinition, apply: (counting) => counting });

/** The settings of identity over table `catalog`, under the id `identity`; likewise. */
export const dynamoIdentitySettings = (
  options: CatalogOptions,
): DefinitionRepository<StoredIdentitySettings> =>
  counted(options, { kind: 'settings', schema: StoredIdentitySettings, apply: (counting) => counting });

interface Counted<S extends z.ZodType> {
  readonly kind: DefinitionKind;
  readonly schema: S;
  /** What is counted after a change of a definition of this kind. */
  readonly apply: (counting: Counting, change: Change<z.output<S>>) => Counting;
}

function counted<S extends z.ZodType<{ readonly id: string }>>(
  options: CatalogOptions,
  { kind, schema, apply }: Counted<S>,
): DefinitionRepository<z.output<S>> {
  return dynamoDefinitions({
    ...options,
    kind,
    schema,
    alongside: async (change) => [await raise(options, (counting) => apply(counting, change))],
  });
}

type Write = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/**
 * The next version, with all that is counted under it. Conditioned on the version that was there before
 * the definitions were read, so that a change meanwhile, of whichever kind, is none that this one misses.
 */
async function raise(options: CatalogOptions, apply: (counting: Counting) => Counting): Promise<Write> {
  const { tableName, now = Date.now } = options;
  const { version, registry } = await readMeta(options);
  const counting = apply(await readCounting(options));
  const [wanted, { timeZone }] = [wantedAggregates(counting), counting];
  refuseTooMuch(mostBytesTogether(wanted, timeZone));
  // Until then containers write people by the definitions of before
  const since = now() + DEFINITIONS_AGE_MS;
  return {
    Put: {
      TableName: tableName,
      Item: {
        ...META,
        version: version + 1,
        changedAt: now(),
        registry: JSON.stringify(nextRegistry(registry, { wanted, timeZone, since })),
      },
      ConditionExpression: 'attribute_not_exists(version) OR version = :version',
      ExpressionAttributeValues: { ':version': version },
    },
  };
}

/** The definitions that say what is counted. */
export async function readCounting(options: CatalogOptions): Promise<Counting> {
  const [segments, computedTraits, lifecycle, workspace] = await Promise.all([
    dynamoDefinitions({ ...options, kind: 'segment', schema: Segment }).list(),
    dynamoDefinitions({ ...options, kind: 'computedTrait', schema: ComputedTrait }).list(),
    dynamoDefinitions({ ...options, kind: 'settings', schema: StoredLifecycle }).find('lifecycle'),
    dynamoDefinitions({ ...options, kind: 'settings', schema: StoredWorkspaceSettings }).find('workspace'),
  ]);
  return {
    segments: segments.map(({ definition }) => definition),
    computedTraits: computedTraits.map(({ definition }) => definition),
    lifecycle: lifecycle && { stages: lifecycle.definition.stages },
    timeZone: workspace?.definition.timeZone ?? DEFAULT_TIME_ZONE,
  };
}

function replaced<T extends { readonly id: string }>(
  list: readonly T[],
  { id, after }: Change<T>,
): readonly T[] {
  return [...list.filter((one) => one.id !== id), ...(after === undefined ? [] : [after])];
}

/** A person holds the states of all that is counted, and must fit one item of DynamoDB. */
function refuseTooMuch(bytes: number): void {
  if (bytes <= MAX_COMPUTED_BYTES) return;
  throw new RequestError({
    status: 409,
    code: 'TOO_MUCH_COMPUTED',
    message: `all that is counted could take ${bytes} bytes of one person, and ${MAX_COMPUTED_BYTES} are the most; lower a limit, shorten a window of days, or remove what nobody uses`,
  });
}
