import type { AwsReply } from '#local/gate/aws-call.ts';
import { tags, xml } from '#local/gate/xml.ts';
import type { S3Store } from './s3-store.ts';

/** One page of the keys under a prefix, those with the delimiter after it folded into one each. */
export function listObjects(store: S3Store, bucket: string, query: URLSearchParams): AwsReply {
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const limit = Math.min(Number(query.get('max-keys') ?? 1000), 1000);
  const token = query.get('continuation-token');
  const begin =
    token === null ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64url').toString('utf8');
  const write = (key: string) =>
    query.get('encoding-type') === 'url' ? encodeURIComponent(key).replaceAll('%2F', '/') : key;

  const entries: string[] = [];
  let last = begin;
  let folder: string | undefined;
  let truncated = false;
  for (const head of store.objects(bucket, { prefix, after: begin })) {
    const cut = delimiter === '' ? -1 : head.key.indexOf(delimiter, prefix.length);
    const folded = cut === -1 ? undefined : head.key.slice(0, cut + delimiter.length);
    // A page may end inside a folder: the next one begins after all of it.
    if (folded !== undefined && (folded === folder || begin.startsWith(folded))) {
      last = head.key;
      continue;
    }
    if (entries.length === limit) {
      truncated = true;
      break;
    }
    folder = folded;
    last = head.key;
    entries.push(
      folded === undefined
        ? `<Contents>${tags({ Key: write(head.key), LastModified: head.modified.toISOString(), ETag: head.etag, Size: String(head.size), StorageClass: 'STANDARD' })}</Contents>`
        : `<CommonPrefixes>${tags({ Prefix: write(folded) })}</CommonPrefixes>`,
    );
  }
  const page = tags({
    Name: bucket,
    Prefix: write(prefix),
    KeyCount: String(entries.length),
    MaxKeys: String(limit),
    IsTruncated: String(truncated),
    ...(truncated && { NextContinuationToken: Buffer.from(last).toString('base64url') }),
    ...(query.get('encoding-type') === 'url' && { EncodingType: 'url' }),
  });
  return xml(200, `<ListBucketResult>${page}${entries.join('')}</ListBucketResult>`);
}
