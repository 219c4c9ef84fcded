import * as z from 'zod';
import { arnOf, nameOf, resourceType } from './resource-type.ts';

// https://docs.aws.amazon.com/streams/latest/dev/how-do-i-size-a-stream.html: a new on-demand stream has four
const SHARDS_ON_DEMAND = 4;

export const kinesisStream = resourceType({
  type: 'AWS::Kinesis::Stream',
  properties: z.strictObject({
    Name: z.string().optional(),
    ShardCount: z.int().positive().optional(),
    RetentionPeriodHours: z.int().min(24).max(8_760).default(24),
    StreamModeDetails: z.strictObject({ StreamMode: z.enum(['PROVISIONED', 'ON_DEMAND']) }).optional(),
    StreamEncryption: z.strictObject({ KeyId: z.string() }).optional(),
  }),
  declared: {
    'StreamEncryption.EncryptionType': 'the local disk is not encrypted; the grants on the key are checked',
    DesiredShardLevelMetrics: 'there is no CloudWatch here',
    Tags: 'nothing reads tags here',
  },

  identify({ logicalId, properties }, place) {
    const name = properties.Name ?? nameOf(place, logicalId, 128);
    return { ref: name, attributes: { Arn: arnOf(place, 'kinesis', `stream/${name}`) } };
  },
  encryptionKey: ({ StreamEncryption }) => StreamEncryption?.KeyId,
  create({ ref, properties }, { kinesis }) {
    kinesis.createStream({
      name: ref,
      shardCount: properties.ShardCount ?? SHARDS_ON_DEMAND,
      retentionHours: properties.RetentionPeriodHours,
    });
  },
});
