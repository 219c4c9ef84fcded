import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { type AwsCall, AwsError } from '#local/gate/aws-call.ts';

const CHECKSUMS: Readonly<Record<string, (body: Buffer) => string>> = {
  'content-md5': hash('md5'),
  'x-amz-checksum-sha1': hash('sha1'),
  'x-amz-checksum-sha256': hash('sha256'),
  'x-amz-checksum-crc32': (body) => {
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(body));
    return sum.toString('base64');
  },
};

/** What S3 keeps with an object and says again when it is read. */
const KEPT =
  /^(content-(type|encoding|language|disposition)|cache-control|expires|x-amz-meta-.*|x-amz-checksum-(?!algorithm|mode|type).*)$/;

/**
 * Takes an upload apart: its content, freed of the chunks that it may have been signed in, and what is kept
 * of its headers and trailers.
 *
 * A CRC-32, SHA or MD5 is checked; the checksums that Node cannot compute are kept as they came, since a
 * client checks them when it reads.
 *
 * @throws {AwsError} `BadDigest` for content that is not what its checksum says.
 */
export function readPayload(call: AwsCall): { body: Buffer; headers: Record<string, string> } {
  const encodings = (call.headers['content-encoding'] ?? '').split(',').map((encoding) => encoding.trim());
  const chunked =
    encodings.includes('aws-chunked') || call.headers['x-amz-content-sha256']?.startsWith('STREAMING-');
  const { body, trailers } = chunked ? unchunk(call.body) : { body: call.body, trailers: {} };
  const sent: Record<string, string> = {
    ...call.headers,
    ...trailers,
    'content-encoding': encodings.filter((encoding) => encoding !== 'aws-chunked').join(','),
  };
  for (const [name, checksum] of Object.entries(CHECKSUMS)) {
    if (sent[name] === undefined || sent[name] === checksum(body)) continue;
    throw new AwsError('BadDigest', `The ${name} you specified did not match what we received.`);
  }
  const kept = Object.entries(sent).filter(([name, value]) => KEPT.test(name) && value !== '');
  return { body, headers: Object.fromEntries(kept) };
}

/** `size;chunk-signature=…\r\n`, that many bytes, `\r\n`; a chunk of none, then trailers. */
function unchunk(encoded: Buffer): { body: Buffer; trailers: Record<string, string> } {
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = encoded.indexOf('\r\n', at);
    const size = Number.parseInt(encoded.toString('latin1', at, lineEnd), 16);
    const start = lineEnd + 2;
    if (lineEnd === -1 || Number.isNaN(size) || start + size > encoded.length) {
      throw new AwsError('IncompleteBody', 'The request body ended before its last chunk.');
    }
    if (size === 0)
      return { body: Buffer.concat(chunks), trailers: readTrailers(encoded.toString('latin1', start)) };
    chunks.push(encoded.subarray(start, start + size));
    at = start + size + 2;
  }
}

function readTrailers(text: string): Record<string, string> {
  const lines = text.split('\r\n').map((line) => line.split(/:(.*)/s, 2));
  return Object.fromEntries(
    lines.flatMap(([name = '', value]) => (value === undefined ? [] : [[name.toLowerCase(), value.trim()]])),
  );
}

function hash(algorithm: string): (body: Buffer) => string {
  return (body) => createHash(algorithm).update(body).digest('base64');
}
