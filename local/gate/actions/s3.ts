import { type AwsCall, AwsError } from '#local/gate/aws-call.ts';
import type { Access, AccessOfService } from './access.ts';

/** Bucket and key of a path-style request: with an IP address as its endpoint a client sends no other. */
export function s3Target(path: string): {
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
} {
  const [pathname = '', query = ''] = path.split('?', 2);
  const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(pathname) ?? [];
  return { bucket, key: decodeKey(key), query: new URLSearchParams(query) };
}

function decodeKey(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw new AwsError('InvalidURI', `Couldn't parse the specified URI: ${encoded}`);
  }
}

/** Sub-resources by the name that marks them in the query: the operations that each method then means. */
const SUBRESOURCES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  uploads: { POST: 'CreateMultipartUpload' },
  uploadId: { PUT: 'UploadPart', POST: 'CompleteMultipartUpload', DELETE: 'AbortMultipartUpload' },
  delete: { POST: 'DeleteObjects' },
  'list-type': { GET: 'ListObjectsV2' },
};
const ON_OBJECTS: Readonly<Record<string, string>> = {
  PUT: 'PutObject',
  GET: 'GetObject',
  HEAD: 'HeadObject',
  DELETE: 'DeleteObject',
};

/** Parameters that change how an operation answers, not which one it is. */
const PARAMETERS =
  /^(x-id$|x-amz-|response-|partNumber$|prefix$|delimiter$|max-keys$|continuation-token$|start-after$|encoding-type$|max-buckets$|fetch-owner$)/i;

/** Which operation method and path mean; one that is not emulated goes by its method, path and sub-resource. */
export function s3Operation(method: string, path: string, headers: Readonly<Record<string, string>>): string {
  const { bucket, key, query } = s3Target(path);
  const unknown = `${method} ${path}`;
  const marks = [...query.keys()].filter((name) => !PARAMETERS.test(name));
  if (marks.length > 0) {
    const known = marks.length === 1 ? SUBRESOURCES[marks[0] ?? ''] : undefined;
    return known?.[method] ?? unknown;
  }
  if (headers['x-amz-copy-source'] !== undefined) return unknown;
  if (key !== '') return ON_OBJECTS[method] ?? unknown;
  if (bucket === '') return method === 'GET' ? 'ListBuckets' : unknown;
  return method === 'HEAD' ? 'HeadBucket' : unknown;
}

const bucketArn = (call: AwsCall): string => `arn:aws:s3:::${s3Target(call.path).bucket}`;
const objectArn = (call: AwsCall): string => `${bucketArn(call)}/${s3Target(call.path).key}`;

const onObject =
  (...actions: readonly string[]): Access =>
  (call) =>
    actions.map((action) => ({ action, resource: objectArn(call) }));

const list: Access = (call) => {
  const prefix = s3Target(call.path).query.get('prefix') ?? '';
  return [{ action: 's3:ListBucket', resource: bucketArn(call), context: { 's3:prefix': prefix } }];
};

export const s3Access: AccessOfService = {
  PutObject: onObject('s3:PutObject'),
  GetObject: onObject('s3:GetObject'),
  HeadObject: onObject('s3:GetObject'),
  DeleteObject: onObject('s3:DeleteObject'),
  CreateMultipartUpload: onObject('s3:PutObject'),
  // A part is encrypted under the key that was made with the upload, which has to be read again.
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions
  UploadPart: onObject('s3:PutObject', 'kms:Decrypt'),
  CompleteMultipartUpload: onObject('s3:PutObject', 'kms:Decrypt'),
  AbortMultipartUpload: onObject('s3:AbortMultipartUpload'),
  ListObjectsV2: list,
  HeadBucket: (call) => [{ action: 's3:ListBucket', resource: bucketArn(call) }],
};
