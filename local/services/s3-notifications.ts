import { randomBytes } from 'node:crypto';
import type { ObjectHead } from './s3-store.ts';

/** An event of S3 for the default bus. */
export interface S3Event {
  readonly source: 'aws.s3';
  readonly detailType: 'Object Created';
  readonly resources: readonly string[];
  readonly detail: object;
}

let last = 0n;

/**
 * What S3 tells EventBridge of an object that has come to be; unlike in the notifications of old, its key is as
 * it is, not encoded for a URL.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
 */
export function objectCreated(
  { bucket, account }: { readonly bucket: string; readonly account: string },
  { key, size, etag }: Pick<ObjectHead, 'key' | 'size' | 'etag'>,
  reason: 'PutObject' | 'CompleteMultipartUpload',
): S3Event {
  return {
    source: 'aws.s3',
    detailType: 'Object Created',
    resources: [`arn:aws:s3:::${bucket}`],
    detail: {
      version: '0',
      bucket: { name: bucket },
      object: { key, size, etag: etag.replaceAll('"', ''), sequencer: nextSequencer() },
      'request-id': randomBytes(8).toString('hex').toUpperCase(),
      requester: account,
      'source-ip-address': '127.0.0.1',
      reason,
    },
  };
}

/** Greater each time: what tells which of two writes of one key was the later. */
function nextSequencer(): string {
  const now = BigInt(Date.now()) << 16n;
  last = now > last ? now : last + 1n;
  return last.toString(16).toUpperCase().padStart(16, '0');
}
