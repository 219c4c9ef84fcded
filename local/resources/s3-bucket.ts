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

const byDefault = 'BucketEncryption.ServerSideEncryptionConfiguration';

export const s3Bucket = resourceType({
  type: 'AWS::S3::Bucket',
  properties: z.strictObject({
    BucketName: z.string().optional(),
    BucketEncryption: Encryption.optional(),
  }),
  declared: {
    [`${byDefault}.BucketKeyEnabled`]: 'a price',
    [`${byDefault}.ServerSideEncryptionByDefault.SSEAlgorithm`]:
      'the local disk is not encrypted; the grants on the key are checked all the same',
    LifecycleConfiguration: 'objects stay until --fresh',
    LoggingConfiguration: 'the gate is the only door',
    OwnershipControls: 'there is one account',
    PublicAccessBlockConfiguration: 'the gate listens on the loopback alone',
    Tags: 'nothing reads tags here',
    VersioningConfiguration: 'nothing reads a former version',
  },
  refused: {
    NotificationConfiguration: 'no event leaves a bucket here',
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
  async create({ ref }, { s3 }) {
    await s3.createBucket(ref);
  },
});
