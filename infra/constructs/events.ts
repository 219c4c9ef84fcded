import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { Stream, StreamEncryption, StreamMode } from 'aws-cdk-lib/aws-kinesis';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { StageConfig } from '#infra/config.ts';
import { KEPT_DAYS } from '#shared/kernel/kept-days.ts';
import { KeptBucket } from './kept-bucket.ts';

/** With as many shards an on-demand stream begins. https://docs.aws.amazon.com/streams/latest/dev/how-do-i-size-a-stream.html */
const ON_DEMAND_SHARDS = 4;

/** How many shards the stream has, at least: each takes 1,000 records a second. */
export const shardsOf = (capacity: StageConfig['stream']): number =>
  capacity.mode === 'provisioned' ? capacity.shards : ON_DEMAND_SHARDS;

export interface EventsProps {
  readonly encryptionKey: IKey;
  readonly capacity: StageConfig['stream'];
}

/** The river: every event that anyone sends or that comes back, and where those go that it cannot carry. */
export class Events extends Construct {
  readonly stream: Stream;
  /** Events that will never succeed as they stand, each with its reason. */
  readonly quarantine: Bucket;
  /** What a mapping gave up on: whole batches, as Lambda writes them. */
  readonly failed: Bucket;

  constructor(scope: Construct, id: string, { encryptionKey, capacity }: EventsProps) {
    super(scope, id);
    this.stream = new Stream(this, 'Stream', {
      ...(capacity.mode === 'provisioned'
        ? { streamMode: StreamMode.PROVISIONED, shardCount: capacity.shards }
        : { streamMode: StreamMode.ON_DEMAND }),
      encryption: StreamEncryption.KMS,
      encryptionKey,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    Validations.of(this.stream).acknowledge({
      id: 'AwsSolutions-KDS3',
      reason: "Personal data is encrypted with the customer's own key, which they can take away.",
    });
    this.quarantine = new KeptBucket(this, 'Quarantine', {
      encryptionKey,
      expireDays: { '': KEPT_DAYS.quarantine },
    });
    this.failed = new KeptBucket(this, 'Failed', { encryptionKey, expireDays: { '': KEPT_DAYS.failed } });
  }
}
