import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  NotFound,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type * as z from 'zod';

/** A request that whoever has it may make without credentials, until it expires. */
export interface SignedRequest {
  readonly method: 'PUT' | 'GET';
  readonly url: string;
  /** What has to be sent along, just so. */
  readonly headers: Readonly<Record<string, string>>;
  readonly expiresAt: number;
}

/** Files that people bring to a bucket, and what became of them. */
export interface Uploads {
  readonly bucket: string;
  /** Lets somebody put one file under the key. */
  signUpload(key: string): Promise<SignedRequest>;
  /** Lets somebody get one file, which is saved as `fileName`. */
  signDownload(key: string, fileName: string): Promise<SignedRequest>;
  has(key: string): Promise<boolean>;
  /** The file, where there is one. */
  findJson<S extends z.ZodType>(key: string, schema: S): Promise<z.output<S> | undefined>;
  /** The keys under a prefix, in the order of their bytes. */
  keysUnder(prefix: string): Promise<readonly string[]>;
}

/** For how long a URL may be used; an upload that has begun by then may end. */
const UPLOAD_SECONDS = 3_600;
const DOWNLOAD_SECONDS = 900;

const CONTENT_TYPE = 'application/octet-stream';

/**
 * Uploads as objects of a bucket.
 *
 * A URL is signed with the credentials of whoever signs it, and dies with these, if they end before it.
 *
 * @param client makes no checksums of its own accord: what is signed is not there yet.
 */
export function s3Uploads({
  client,
  bucket,
  now,
}: {
  readonly client: S3Client;
  readonly bucket: string;
  readonly now: () => number;
}): Uploads {
  const sign = async (command: PutObjectCommand | GetObjectCommand, expiresIn: number) => {
    const signedAt = Math.floor(now() / 1000) * 1000;
    const url = await getSignedUrl(client, command, {
      expiresIn,
      signingDate: new Date(signedAt),
      signableHeaders: new Set(['content-type']),
    });
    return { url, expiresAt: signedAt + expiresIn * 1000 };
  };

  return {
    bucket,

    async signUpload(Key) {
      const command = new PutObjectCommand({ Bucket: bucket, Key, ContentType: CONTENT_TYPE });
      const signed = await sign(command, UPLOAD_SECONDS);
      return { method: 'PUT', ...signed, headers: { 'content-type': CONTENT_TYPE } };
    },

    async signDownload(Key, fileName) {
      const ResponseContentDisposition = `attachment; filename="${fileName}"`;
      const command = new GetObjectCommand({ Bucket: bucket, Key, ResponseContentDisposition });
      return { method: 'GET', ...(await sign(command, DOWNLOAD_SECONDS)), headers: {} };
    },

    async has(Key) {
      try {
        await client.send(new HeadObjectCommand({ Bucket: bucket, Key }));
        return true;
      } catch (fault) {
        if (fault instanceof NotFound) return false;
        throw fault;
      }
    },

    async findJson(Key, schema) {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key }));
        return schema.parse(JSON.parse((await Body?.transformToString()) ?? ''));
      } catch (fault) {
        if (fault instanceof NoSuchKey) return undefined;
        throw fault;
      }
    },

    async keysUnder(Prefix) {
      const keys: string[] = [];
      let ContinuationToken: string | undefined;
      do {
        const page = await client.send(
          new ListObjectsV2Command({ Bucket: bucket, Prefix, ContinuationToken }),
        );
        keys.push(...(page.Contents ?? []).flatMap(({ Key }) => (Key === undefined ? [] : [Key])));
        ContinuationToken = page.NextContinuationToken;
      } while (ContinuationToken !== undefined);
      return keys;
    },
  };
}
