import * as z from 'zod';
import { nameOf, resourceType } from './resource-type.ts';

const Encryption = z.strictObject({
  ServerSideEncryptionConfiguration: z
    .array(
      z.strictObject({
        ServerSideEncryptionByDefault: z.strictObject({ KMSMasterKeyID: z.string().optional() }),
      }),
    )
    .length(1),
});

const CorsRule = z.strictObject({
  AllowedOrigins: z.array(z.string()).min(1),
  AllowedMethods: z.array(z.enum(['GET', 'PUT', 'HEAD', 'POST', 'DELETE'])).min(1),
  AllowedHeaders: z.array(z.string()).default([]),
  ExposedHeaders: z.array(z.string()).default([]),
  MaxAge: z.int().optional(),
});

const Notifications = z.strictObject({
  EventBridgeConfiguration: z.strictObject({ EventBridgeEnabled: z.boolean().default(true) }),
});

const byDefault = 'BucketEncryption.ServerSideEncryptionConfiguration';

export const s3Bucket = resourceType({
  type: 'AWS::S3::Bucket',
  properties: z.strictObject({
    BucketName: z.string().optional(),
    BucketEncryption: Encryption.optional(),
    CorsConfiguration: z.strictObject({ CorsRules: z.array(CorsRule) }).optional(),
    NotificationConfiguration: Notifications.optional(),
  }),
  declared: {
    [`${byDefault}.BucketKeyEnabled`]: 'a price',
    [`${byDefault}.ServerSideEncryptionByDefault.SSEAlgorithm`]:
      'the local disk is not encrypted; the grants on the key are checked all the same',
    'CorsConfiguration.CorsRules.Id': 'for people',
    LifecycleConfiguration: 'objects stay until --fresh',
    LoggingConfiguration: 'the gate is the only door',
    OwnershipControls: 'there is one account',
    PublicAccessBlockConfiguration: 'the gate listens on the loopback alone',
    Tags: 'nothing reads tags here',
    VersioningConfiguration: 'nothing reads a former version',
  },
  refused: {
    'NotificationConfiguration.LambdaConfigurations': 'a bucket tells EventBridge alone here',
    'NotificationConfiguration.QueueConfigurations': 'a bucket tells EventBridge alone here',
    'NotificationConfiguration.TopicConfigurations': 'a bucket tells EventBridge alone here',
    ReplicationConfiguration: 'one machine is one region',
    WebsiteConfiguration: 'the gate serves signed requests only',
  },

  identify({ logicalId, properties }, { region, ...place }) {
    const name = properties.BucketName ?? nameOf({ region, ...place }, logicalId, 63).toLowerCase();
    return {
      ref: name,
      attributes: {
        Arn: `arn:aws:s3:::${name}`,
        DomainName: `${name}.s3.amazonaws.com`,
        RegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
      },
    };
  },
  encryptionKey: ({ BucketEncryption }) =>
    BucketEncryption?.ServerSideEncryptionConfiguration[0]?.ServerSideEncryptionByDefault.KMSMasterKeyID,
  create({ ref, properties: { CorsConfiguration, NotificationConfiguration } }, { s3 }) {
    s3.createBucket(ref, {
      cors: CorsConfiguration?.CorsRules ?? [],
      notifies: NotificationConfiguration?.EventBridgeConfiguration.EventBridgeEnabled ?? false,
    });
  },
});
