import * as z from 'zod';
import { arn } from '#local/gate/arns.ts';
import { readBody } from '#local/services/json-service.ts';
import type { Access, AccessOfService } from './access.ts';

const OnStream = z
  .object({ StreamName: z.string().optional(), StreamARN: z.string().optional() })
  .transform(({ StreamName, StreamARN }) => StreamARN ?? StreamName)
  // An iterator or a page token alone names no stream here, though it does on AWS.
  .pipe(z.string('StreamName or StreamARN is needed to know what to authorize'));

const onStream: Access = (call, region) => [
  {
    action: `kinesis:${call.operation}`,
    resource: arn('kinesis', region, 'stream/', readBody(call, OnStream)),
  },
];

export const kinesisAccess: AccessOfService = {
  PutRecord: onStream,
  PutRecords: onStream,
  DescribeStream: onStream,
  DescribeStreamSummary: onStream,
  ListShards: onStream,
  GetShardIterator: onStream,
  GetRecords: onStream,
};
