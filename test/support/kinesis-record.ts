import type { KinesisStreamRecord } from 'aws-lambda';

/** A record of the events' stream as its mapping hands it to a function, with `data` in Base64. */
export const kinesisRecord = ({
  partitionKey,
  sequenceNumber,
  data,
  arrivedAt,
}: {
  readonly partitionKey: string;
  readonly sequenceNumber: string;
  readonly data: string;
  /** In milliseconds. */
  readonly arrivedAt: number;
}): KinesisStreamRecord => ({
  eventID: `shardId-000000000000:${sequenceNumber}`,
  eventName: 'aws:kinesis:record',
  eventSource: 'aws:kinesis',
  eventSourceARN: 'arn:aws:kinesis:eu-west-1:000000000000:stream/events',
  eventVersion: '1.0',
  awsRegion: 'eu-west-1',
  invokeIdentityArn: 'arn:aws:iam::000000000000:role/profiles',
  kinesis: {
    kinesisSchemaVersion: '1.0',
    partitionKey,
    sequenceNumber,
    data,
    approximateArrivalTimestamp: arrivedAt / 1000,
  },
});
