import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { StoredIdentitySettings } from '#shared/identity/settings.ts';
import { Segment } from '#shared/segments/segment.ts';
import type { DefinitionRepository } from '#shared/sources/definition-repository.ts';
import { TraitDefinition } from '#shared/traits/trait-definition.ts';
import { dynamoDefinitions } from './definitions.ts';

export interface CatalogOptions {
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
  readonly now?: () => number;
}

/** Counts the changes of what people are written by: the version that they are evaluated under. */
export const META = { kind: 'meta', id: 'definitions' };

/** Segments over table `catalog`; each change raises the one version, in its transaction. */
export const dynamoSegments = (options: CatalogOptions): DefinitionRepository<Segment> =>
  dynamoDefinitions({ ...options, kind: 'segment', schema: Segment, alongside: () => [raise(options)] });

/** Definitions of traits over table `catalog`; likewise. */
export const dynamoTraits = (options: CatalogOptions): DefinitionRepository<TraitDefinition> =>
  dynamoDefinitions({
    ...options,
    kind: 'trait',
    schema: TraitDefinition,
    alongside: () => [raise(options)],
  });

/** The settings of identity over table `catalog`, under the id `identity`; likewise. */
export const dynamoIdentitySettings = (
  options: CatalogOptions,
): DefinitionRepository<StoredIdentitySettings> =>
  dynamoDefinitions({
    ...options,
    kind: 'settings',
    schema: StoredIdentitySettings,
    alongside: () => [raise(options)],
  });

const raise = ({ tableName }: CatalogOptions) => ({
  Update: {
    TableName: tableName,
    Key: META,
    UpdateExpression: 'ADD version :one',
    ExpressionAttributeValues: { ':one': 1 },
  },
});
