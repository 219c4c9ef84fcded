import { setTimeout as pause } from 'node:timers/promises';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { FileWithFacts, RunFiles } from '#functions/runs/run-files.ts';
import { UnavailableError } from '#shared/kernel/errors.ts';

/** The files of runs as objects of a bucket. */
export function s3RunFiles({
  client,
  bucket,
}: {
  readonly client: S3Client;
  readonly bucket: string;
}): RunFiles {
  const readJson: RunFiles['readJson'] = async (key, schema) => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return schema.parse(JSON.parse((await Body?.transformToString()) ?? ''));
  };

  return {
    readJson,

    async keepJson(key, schema, value) {
      const body = Buffer.from(JSON.stringify(value));
      const file = { key, body, contentType: 'application/json', facts: {} };
      return (await putIfAbsent(client, bucket, file)) ? value : readJson(key, schema);
    },

    async keepFile(file) {
      if (await putIfAbsent(client, bucket, file)) return file.facts;
      const { Metadata } = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: file.key }));
      return Metadata ?? {};
    },
  };
}

const ATTEMPTS = 5;

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html */
async function putIfAbsent(client: S3Client, bucket: string, file: FileWithFacts): Promise<boolean> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    try {
      await client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: file.key,
          Body: file.body,
          ContentType: file.contentType,
          Metadata: { ...file.facts },
          IfNoneMatch: '*',
        }),
      );
      return true;
    } catch (fault) {
      if (isNamed(fault, 'PreconditionFailed')) return false;
      // Another write of this key is under way; it may yet fail, so that ours has to be tried again
      if (!isNamed(fault, 'ConditionalRequestConflict')) throw fault;
      await pause(20 * 2 ** attempt);
    }
  }
  throw new UnavailableError('a file of a run was being written by another for all attempts');
}

const isNamed = (fault: unknown, name: string): boolean => fault instanceof Error && fault.name === name;
