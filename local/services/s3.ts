import { s3Target } from '#local/gate/actions/s3.ts';
import { type AwsCall, AwsError, type AwsReply, type AwsService } from '#local/gate/aws-call.ts';
import type { CorsAnswer, GateRequest } from '#local/gate/gate.ts';
import { tags, xml } from '#local/gate/xml.ts';
import { type CorsRule, corsHeaders, isPreflight } from './s3-cors.ts';
import { listObjects } from './s3-list.ts';
import { objectCreated, type S3Event } from './s3-notifications.ts';
import { readPayload } from './s3-payload.ts';
import { type ObjectHead, openS3Store, type S3Store, type UploadedPart } from './s3-store.ts';

/** Of every part but the last. */
const SMALLEST_PART = 5 * 1024 * 1024;

export interface S3 {
  readonly service: AwsService;
  createBucket(name: string, settings?: BucketSettings): void;
  putObject(bucket: string, key: string, body: Buffer): void;
  /** What a browser's page of another origin is told by the bucket that its request names. */
  cors(request: GateRequest): CorsAnswer | undefined;
  close(): void;
}

interface BucketSettings {
  /** Whether EventBridge is told of its new objects. @default false */
  readonly notifies?: boolean;
  /** @default none */
  readonly cors?: readonly CorsRule[];
}

/** A call with what its path says. */
interface Request {
  readonly call: AwsCall;
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
}

/** Told of each object that comes to be, before the answer to whoever wrote it. */
type Created = (
  bucket: string,
  head: ObjectHead | undefined,
  reason: 'PutObject' | 'CompleteMultipartUpload',
) => void;

/**
 * Opens S3 with the operations that the stack uses; any other is an error that names it, not a fake answer.
 *
 * @param o.publish takes what EventBridge is told. A kill between the object and its event leaves a writer without
 *   an answer, who writes again.
 */
export function openS3(o: {
  readonly dir: string;
  readonly account?: string;
  readonly publish?: (event: S3Event) => void;
}): S3 {
  const store = openS3Store(o.dir);
  const settings = new Map<string, BucketSettings>();
  const { account = '000000000000', publish = () => {} } = o;
  const operations = operationsOn(store, (bucket, head, reason) => {
    if (head !== undefined && settings.get(bucket)?.notifies === true)
      publish(objectCreated({ bucket, account }, head, reason));
  });

  return {
    async service(call) {
      const operation = Object.hasOwn(operations, call.operation) ? operations[call.operation] : undefined;
      if (operation === undefined)
        throw new AwsError('NotImplemented', `s3: ${call.operation} is not emulated here`, 501);
      const request = { call, ...s3Target(call.path) };
      if (call.operation !== 'ListBuckets' && !store.buckets().some(({ name }) => name === request.bucket)) {
        throw new AwsError('NoSuchBucket', `The specified bucket does not exist: ${request.bucket}`, 404);
      }
      return operation(request);
    },
    createBucket(name, its = {}) {
      store.createBucket(name);
      settings.set(name, its);
    },
    putObject: (bucket, key, body) => void store.putObject({ bucket, key, headers: {} }, body),
    cors(request) {
      const { cors = [] } = settings.get(bucketIn(request.path)) ?? {};
      const headers = corsHeaders(cors, request);
      if (!isPreflight(request)) return headers && { headers };
      const preflight = headers === undefined ? notAllowed() : { status: 200, headers, body: '' };
      return { headers: {}, preflight };
    },
    close: () => store.close(),
  };
}

function operationsOn(
  store: S3Store,
  created: Created,
): Readonly<Record<string, (request: Request) => AwsReply>> {
  return {
    PutObject({ call, bucket, key }) {
      const { body, headers } = readPayload(call);
      checkWrite(call, store.headObject(bucket, key));
      const etag = store.putObject({ bucket, key, headers }, body);
      created(bucket, store.headObject(bucket, key), 'PutObject');
      return { status: 200, headers: { etag, ...checksumsIn(headers) }, body: '' };
    },

    GetObject({ call, bucket, key, query }) {
      const head = existing(store, bucket, key);
      if (isUnchanged(call, head)) return { status: 304, headers: describe(head), body: '' };
      const body = store.readObject(bucket, key);
      const range = readRange(call.headers.range, head.size);
      const asked = responseHeaders(query);
      if (range === undefined) return { status: 200, headers: { ...describe(head, call), ...asked }, body };
      return {
        status: 206,
        headers: {
          ...describe(head),
          ...asked,
          'content-range': `bytes ${range.start}-${range.end}/${head.size}`,
        },
        body: body.subarray(range.start, range.end + 1),
      };
    },

    HeadObject({ call, bucket, key }) {
      const head = existing(store, bucket, key);
      if (isUnchanged(call, head)) return { status: 304, headers: describe(head), body: '' };
      return {
        status: 200,
        headers: { ...describe(head, call), 'content-length': String(head.size) },
        body: '',
      };
    },

    DeleteObject({ bucket, key }) {
      store.deleteObject(bucket, key);
      return { status: 204, headers: {}, body: '' };
    },

    HeadBucket: () => ({ status: 200, headers: {}, body: '' }),

    ListBuckets() {
      const buckets = store
        .buckets()
        .map(
          ({ name, created }) =>
            `<Bucket>${tags({ Name: name, CreationDate: created.toISOString() })}</Bucket>`,
        );
      return xml(
        200,
        `<ListAllMyBucketsResult><Buckets>${buckets.join('')}</Buckets></ListAllMyBucketsResult>`,
      );
    },

    ListObjectsV2: ({ bucket, query }) => listObjects(store, bucket, query),

    CreateMultipartUpload({ call, bucket, key }) {
      const id = store.createUpload({ bucket, key, headers: readPayload(call).headers });
      const result = tags({ Bucket: bucket, Key: key, UploadId: id });
      return xml(200, `<InitiateMultipartUploadResult>${result}</InitiateMultipartUploadResult>`);
    },

    UploadPart({ call, query }) {
      const { body, headers } = readPayload(call);
      const id = uploadId(store, query);
      const etag = store.putPart(id, Number(query.get('partNumber')), body);
      return { status: 200, headers: { etag, ...checksumsIn(headers) }, body: '' };
    },

    CompleteMultipartUpload({ call, bucket, key, query }) {
      const id = uploadId(store, query);
      checkWrite(call, store.headObject(bucket, key));
      const numbers = partsAsked(call, store.partsOf(id));
      const headers = store.findUpload(id)?.headers ?? {};
      const etag = store.completeUpload(id, { bucket, key, headers }, numbers);
      created(bucket, store.headObject(bucket, key), 'CompleteMultipartUpload');
      const result = tags({ Bucket: bucket, Key: key, ETag: etag });
      return xml(200, `<CompleteMultipartUploadResult>${result}</CompleteMultipartUploadResult>`);
    },

    AbortMultipartUpload({ query }) {
      store.endUpload(uploadId(store, query));
      return { status: 204, headers: {}, body: '' };
    },
  };
}

const bucketIn = (path: string): string => path.split(/[/?]/, 2)[1] ?? '';

const notAllowed = (): AwsReply =>
  xml(
    403,
    `<Error>${tags({ Code: 'AccessForbidden', Message: 'CORSResponse: This CORS request is not allowed.' })}</Error>`,
  );

function existing(store: S3Store, bucket: string, key: string): ObjectHead {
  const head = store.headObject(bucket, key);
  if (head !== undefined) return head;
  throw new AwsError('NoSuchKey', `The specified key does not exist: ${key}`, 404);
}

function uploadId(store: S3Store, query: URLSearchParams): string {
  const id = query.get('uploadId') ?? '';
  if (store.findUpload(id) !== undefined) return id;
  throw new AwsError('NoSuchUpload', 'The specified multipart upload does not exist.', 404);
}

/** The numbers of the parts that a completion lists, each of which must be there as it was uploaded. */
function partsAsked(call: AwsCall, uploaded: readonly UploadedPart[]): readonly number[] {
  const asked = [...call.body.toString('utf8').matchAll(/<Part>(.*?)<\/Part>/gs)].map(([, part = '']) => {
    const number = Number(/<PartNumber>(\d+)</.exec(part)?.[1]);
    const etag = /<ETag>(?:"|&quot;|&#34;)?(\w+)/.exec(part)?.[1] ?? '';
    return uploaded.find((candidate) => candidate.number === number && sameEtag(etag, candidate.etag));
  });
  const found = asked.filter((part) => part !== undefined);
  if (found.length === 0 || found.length < asked.length) {
    throw new AwsError('InvalidPart', 'One or more of the specified parts could not be found.');
  }
  if (found.slice(0, -1).some(({ size }) => size < SMALLEST_PART)) {
    throw new AwsError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size');
  }
  return found.map(({ number }) => number);
}

/** A conditional write: only where nothing is yet, or only over the version that the writer has seen. */
function checkWrite({ headers }: AwsCall, there: ObjectHead | undefined): void {
  const { 'if-none-match': ifNoneMatch, 'if-match': ifMatch } = headers;
  if (ifMatch !== undefined && there === undefined) {
    throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404);
  }
  const taken = ifNoneMatch !== undefined && there !== undefined;
  if (taken || (ifMatch !== undefined && !sameEtag(ifMatch, there?.etag))) throw preconditionFailed();
}

function isUnchanged({ headers }: AwsCall, head: ObjectHead): boolean {
  if (headers['if-match'] !== undefined && !sameEtag(headers['if-match'], head.etag))
    throw preconditionFailed();
  return headers['if-none-match'] !== undefined && sameEtag(headers['if-none-match'], head.etag);
}

const preconditionFailed = () =>
  new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412);

const sameEtag = (a: string, b: string | undefined): boolean =>
  a === '*' || a.replaceAll('"', '') === b?.replaceAll('"', '');

function readRange(header: string | undefined, size: number): { start: number; end: number } | undefined {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (from === '' && to === '') return undefined;
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (start <= end) return { start, end };
  throw new AwsError('InvalidRange', 'The requested range is not satisfiable', 416);
}

/** What is told of an object; its checksum only to whoever asks for it, and for the whole. */
function describe({ etag, modified, headers }: ObjectHead, call?: AwsCall): Record<string, string> {
  const withChecksum = call?.headers['x-amz-checksum-mode']?.toUpperCase() === 'ENABLED';
  const told = Object.entries(headers).filter(
    ([name]) => withChecksum || !name.startsWith('x-amz-checksum-'),
  );
  return {
    'content-type': 'binary/octet-stream',
    ...Object.fromEntries(told),
    etag,
    'last-modified': modified.toUTCString(),
    'accept-ranges': 'bytes',
  };
}

/** What the reader wants said in place of what was stored: `response-content-disposition` and its like. */
const responseHeaders = (query: URLSearchParams): Record<string, string> =>
  Object.fromEntries(
    [...query].flatMap(([name, value]) =>
      /^response-(content-(type|disposition|encoding|language)|cache-control|expires)$/.test(name)
        ? [[name.slice('response-'.length), value] as const]
        : [],
    ),
  );

const checksumsIn = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('x-amz-checksum-')));
