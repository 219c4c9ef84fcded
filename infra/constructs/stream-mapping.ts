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

/** After which a mapping gives up on a record, and keeps the batch that it was in whole. */
export const MAX_RECORD_AGE = Duration.hours(12);

/**
 * How a function reads any stream: in order, a bad record found by halving, nothing tried for ever,
 * and what is given up kept whole in `failed`.
 *
 * Without a bound on their age one poison record blocks its shard until the stream forgets it.
 */
export const streamMapping = (failed: Bucket): Omit<StreamEventSourceProps, 'batchSize'> => ({
  startingPosition: StartingPosition.TRIM_HORIZON,
  maxBatchingWindow: Duration.seconds(1),
  bisectBatchOnError: true,
  reportBatchItemFailures: true,
  maxRecordAge: MAX_RECORD_AGE,
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
