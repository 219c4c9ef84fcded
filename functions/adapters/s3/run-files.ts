import { GetObjectCommand, HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { FileWithFacts, RunFiles } from '#functions/runs/run-files.ts';
import { putIfAbsent } from './put-if-absent.ts';

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

  const put = ({ key, body, contentType, facts }: FileWithFacts): Promise<boolean> =>
    putIfAbsent(client, {
      Bucket: bucket,
      Key: key,
      Body: body,
      ContentType: contentType,
      Metadata: { ...facts },
    });

  return {
    readJson,

    async keepJson(key, schema, value) {
      const body = Buffer.from(JSON.stringify(value));
      const file = { key, body, contentType: 'application/json', facts: {} };
      return (await put(file)) ? value : readJson(key, schema);
    },

    async keepFile(file) {
      if (await put(file)) return file.facts;
      const { Metadata } = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: file.key }));
      return Metadata ?? {};
    },
  };
}
