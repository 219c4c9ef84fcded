import { Duration } from 'aws-cdk-lib';
import {
  type IEventSourceDlq,
  type IEventSourceMapping,
  type IFunction,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda';
import type { StreamEventSourceProps } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { allowFailedRecords } from './allow.ts';

/**
 * How a function reads any stream: in order, a bad record found by halving, nothing tried for ever,
 * and what is given up kept whole in `failed`.
 *
 * Without bounds on retries and age one poison record blocks its shard until the stream forgets it.
 */
export const streamMapping = (failed: Bucket): Omit<StreamEventSourceProps, 'batchSize'> => ({
  startingPosition: StartingPosition.TRIM_HORIZON,
  maxBatchingWindow: Duration.seconds(1),
  bisectBatchOnError: true,
  reportBatchItemFailures: true,
  // what passes is waited for: a dependency that is down must not cost the records of half a minute
  retryAttempts: 1_000,
  maxRecordAge: Duration.hours(12),
  onFailure: new FailedRecords(failed),
});

/** As the library's S3OnFailureDestination, less its leave to read and delete what others left there. */
class FailedRecords implements IEventSourceDlq {
  readonly #bucket: Bucket;

  constructor(bucket: Bucket) {
    this.#bucket = bucket;
  }

  bind(_mapping: IEventSourceMapping, target: IFunction) {
    allowFailedRecords(target, this.#bucket);
    return { destination: this.#bucket.bucketArn };
  }
}
