import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { CdpError } from '#shared/kernel/errors.ts';

/** One version of an object. */
export interface FileVersion {
  readonly key: string;
  readonly etag: string;
}

/** A file that is read and written in pieces. */
export interface LargeFiles {
  /** Nothing where there is none. */
  find(
    key: string,
  ): Promise<(FileVersion & { readonly bytes: number; readonly uploadedAt: number }) | undefined>;

  /**
   * The bytes of that version, from `start` to before `end`.
   *
   * @throws {FileChangedError} when there is another, or none any more.
   */
  read(file: FileVersion, range?: { readonly start: number; readonly end: number }): AsyncIterable<Buffer>;

  /** Stores what comes in place of what was there, whole or not at all; no more of it is held than a few megabytes. */
  write(
    key: string,
    chunks: AsyncIterable<Buffer>,
    contentType: string,
  ): Promise<FileVersion & { readonly bytes: number }>;
}

/** A file that a run works on was replaced or taken away. */
export class FileChangedError extends CdpError {
  override readonly name = 'FileChanged';
  readonly code = 'FILE_CHANGED';
  readonly retryable = false;
}

/** S3 takes parts of 5 MiB at least, and 10,000 of them: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const PART_BYTES = 8 * 1024 * 1024;

/** Large files as objects of a bucket. */
export function s3LargeFiles({
  client,
  bucket: Bucket,
}: {
  readonly client: S3Client;
  readonly bucket: string;
}): LargeFiles {
  async function putWhole(Key: string, Body: Buffer, ContentType: string) {
    const { ETag = '' } = await client.send(new PutObjectCommand({ Bucket, Key, Body, ContentType }));
    return { key: Key, etag: ETag, bytes: Body.length };
  }

  async function putParts(Key: string, parts: AsyncIterable<Buffer>, ContentType: string) {
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key, ContentType }));
    const upload = { Bucket, Key, UploadId };
    try {
      const stored: { PartNumber: number; ETag: string | undefined }[] = [];
      let bytes = 0;
      for await (const Body of parts) {
        const PartNumber = stored.length + 1;
        const { ETag } = await client.send(new UploadPartCommand({ ...upload, PartNumber, Body }));
        stored.push({ PartNumber, ETag });
        bytes += Body.length;
      }
      const { ETag = '' } = await client.send(
        new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: stored } }),
      );
      return { key: Key, etag: ETag, bytes };
    } catch (fault) {
      // Where not even that can be done, the bucket's own rule takes the parts away
      await client.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined);
      throw fault;
    }
  }

  return {
    async find(key) {
      try {
        const head = await client.send(new HeadObjectCommand({ Bucket, Key: key }));
        const { ETag: etag = '', ContentLength: bytes = 0, LastModified } = head;
        return { key, etag, bytes, uploadedAt: LastModified?.getTime() ?? 0 };
      } catch (fault) {
        if (isNamed(fault, 'NotFound', 'NoSuchKey')) return undefined;
        throw fault;
      }
    },

    async *read({ key, etag }, range) {
      const Range = range === undefined ? undefined : `bytes=${range.start}-${range.end - 1}`;
      const { Body } = await client
        .send(new GetObjectCommand({ Bucket, Key: key, IfMatch: etag, Range }))
        .catch((cause) => {
          if (!isNamed(cause, 'PreconditionFailed', 'NoSuchKey')) throw cause;
          throw new FileChangedError('a file was replaced or removed while it was worked on', { cause });
        });
      if (Body instanceof Readable) yield* Body;
    },

    async write(key, chunks, contentType) {
      const parts = inParts(chunks);
      const first = await parts.next();
      const body = first.done === true ? Buffer.alloc(0) : first.value;
      if (body.length < PART_BYTES) return putWhole(key, body, contentType);
      async function* all() {
        yield body;
        yield* parts;
      }
      return putParts(key, all(), contentType);
    },
  };
}

/** In pieces of one size; only the last one is smaller. */
async function* inParts(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  let held: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    held.push(chunk);
    bytes += chunk.length;
    if (bytes < PART_BYTES) continue;
    const whole = Buffer.concat(held);
    let from = 0;
    for (; whole.length - from >= PART_BYTES; from += PART_BYTES)
      yield whole.subarray(from, from + PART_BYTES);
    held = [whole.subarray(from)];
    bytes = whole.length - from;
  }
  if (bytes > 0) yield Buffer.concat(held);
}

const isNamed = (fault: unknown, ...names: readonly string[]): boolean =>
  fault instanceof Error && names.includes(fault.name);
