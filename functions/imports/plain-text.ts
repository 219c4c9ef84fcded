import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { FileKind } from './file-kind.ts';
import { ImportFileError } from './import-file-error.ts';

/** Bytes that a file may have, as it is uploaded and as it is without gzip. */
export const MAX_IMPORT_BYTES = 2_000_000_000;

/** Whether rows can be read from the upload itself; otherwise a plain copy is made. */
export const isPlain = ({ isGzip, marked }: FileKind): boolean =>
  !isGzip && (marked === undefined || marked === 'utf-8');

/**
 * The text of an upload as rows are looked for in it: without gzip, and without UTF-16.
 *
 * @throws {ImportFileError} for broken gzip, and for more than {@link MAX_IMPORT_BYTES}: what gzip makes of
 * few bytes may be without end.
 */
export async function* plainText(upload: AsyncIterable<Buffer>, kind: FileKind): AsyncGenerator<Buffer> {
  const bytes = plainBytes(upload, kind, MAX_IMPORT_BYTES);
  yield* kind.marked === 'utf-16le' || kind.marked === 'utf-16be' ? asUtf8(bytes, kind.marked) : bytes;
}

/** The bytes of an upload without its gzip. @throws {ImportFileError} for more than `most`. */
export const plainBytes = (
  upload: AsyncIterable<Buffer>,
  { isGzip }: Pick<FileKind, 'isGzip'>,
  most: number,
): AsyncGenerator<Buffer> => bounded(isGzip ? inflated(upload) : upload, most);

async function* inflated(upload: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: 65_536 });
  const source = Readable.from(upload);
  source.once('error', (fault) => gunzip.destroy(fault));
  source.pipe(gunzip);
  try {
    yield* gunzip;
  } catch (fault) {
    if (!(fault instanceof Error && 'code' in fault && String(fault.code).startsWith('Z_'))) throw fault;
    throw new ImportFileError('FileUnreadable', 'the file cannot be read: its gzip is broken', {
      cause: fault,
    });
  } finally {
    source.destroy();
  }
}

async function* bounded(chunks: AsyncIterable<Buffer>, most: number): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > most) throw tooLarge(most);
    yield chunk;
  }
}

export const tooLarge = (most: number): ImportFileError =>
  new ImportFileError(
    'FileTooLarge',
    `such a file has at most ${most} bytes, without its compression as well: upload it in parts`,
  );

async function* asUtf8(chunks: AsyncIterable<Buffer>, encoding: string): AsyncGenerator<Buffer> {
  // Takes the mark away as well
  const decoder = new TextDecoder(encoding);
  for await (const chunk of chunks) yield Buffer.from(decoder.decode(chunk, { stream: true }));
  yield Buffer.from(decoder.decode());
}
