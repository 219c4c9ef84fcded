import * as z from 'zod';
import { arnOf, nameOf, resourceType } from './resource-type.ts';

const KeySchema = z.array(z.strictObject({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }));

/** The label of a stream is the time of its making on AWS; here it has to be the same after every restart. */
const STREAM_LABEL = '2026-01-01T00:00:00.000';

export const dynamoDbGlobalTable = resourceType({
  type: 'AWS::DynamoDB::GlobalTable',
  properties: z.strictObject({
    TableName: z.string().optional(),
    AttributeDefinitions: z.array(
      z.strictObject({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }),
    ),
    KeySchema,
    BillingMode: z.literal('PAY_PER_REQUEST'),
    GlobalSecondaryIndexes: z
      .array(
        z.strictObject({
          IndexName: z.string(),
          KeySchema,
          Projection: z.strictObject({
            ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']),
            NonKeyAttributes: z.array(z.string()).optional(),
          }),
        }),
      )
      .optional(),
    StreamSpecification: z
      .strictObject({ StreamViewType: z.enum(['NEW_AND_OLD_IMAGES', 'NEW_IMAGE', 'OLD_IMAGE', 'KEYS_ONLY']) })
      .optional(),
    TimeToLiveSpecification: z
      .strictObject({ AttributeName: z.string(), Enabled: z.literal(true) })
      .optional(),
    Replicas: z
      .array(
        z.strictObject({
          Region: z.string(),
          SSESpecification: z.strictObject({ KMSMasterKeyId: z.string() }).optional(),
        }),
      )
      .length(1, 'one machine is one region'),
  }),
  declared: {
    SSESpecification: 'the local disk is not encrypted; the grants on the key are checked all the same',
    WriteOnDemandThroughputSettings: 'nothing is throttled here',
    'Replicas.ContributorInsightsSpecification': 'there is no CloudWatch here',
    'Replicas.DeletionProtectionEnabled': 'only --fresh deletes',
    'Replicas.GlobalSecondaryIndexes': 'how an index is metered; its keys stand in GlobalSecondaryIndexes',
    'Replicas.PointInTimeRecoverySpecification': 'a copy of .local is the backup',
    'Replicas.ReadOnDemandThroughputSettings': 'nothing is throttled here',
    'Replicas.TableClass': 'a price',
    'Replicas.Tags': 'nothing reads tags here',
  },
  refused: {
    LocalSecondaryIndexes: 'nobody has needed one yet',
    'Replicas.KinesisStreamSpecification': 'changes leave the table by its own stream only',
    'Replicas.ResourcePolicy': 'roles are granted by their own policies',
  },

  identify({ logicalId, properties }, place) {
    const name = properties.TableName ?? nameOf(place, logicalId, 255);
    const arn = arnOf(place, 'dynamodb', `table/${name}`);
    return { ref: name, attributes: { Arn: arn, StreamArn: `${arn}/stream/${STREAM_LABEL}` } };
  },
  encryptionKey: ({ Replicas }) => Replicas[0]?.SSESpecification?.KMSMasterKeyId,
  async create({ ref, properties: { Replicas: _, BillingMode: __, ...table } }, { dynamodb }) {
    await dynamodb.createTable({ ...table, TableName: ref });
  },
});
