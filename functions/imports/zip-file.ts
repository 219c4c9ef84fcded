import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { ImportFileError } from './import-file-error.ts';
import { MAX_IMPORT_BYTES, tooLarge } from './plain-text.ts';

/** Entries of an archive that is looked into: a spreadsheet has some tens, and a few for each of its sheets. */
const MAX_ENTRIES = 10_000;

/** The files within an archive. */
export interface ZipArchive {
  /** Nothing where it has none of that name. @throws {ImportFileError} for one that cannot be inflated. */
  open(name: string): Promise<AsyncIterable<Buffer> | undefined>;
  close(): void;
}

/**
 * Opens an archive on disk, of which only the list of its files is held.
 *
 * What its files make together is bounded however little they are in the archive, and an entry that makes
 * more than it says is refused.
 *
 * @throws {ImportFileError} for what is no zip, or has more than {@link MAX_ENTRIES} entries.
 */
export async function openZip(path: string): Promise<ZipArchive> {
  const zip = await openPromise(path, { lazyEntries: true, autoClose: false }).catch(refuse);
  const entries = await entriesOf(zip).catch((fault) => {
    zip.close();
    return refuse(fault);
  });
  let bytes = 0;

  async function* inflated(entry: Entry): AsyncGenerator<Buffer> {
    const stream = await zip.openReadStreamPromise(entry).catch(refuse);
    const chunks: AsyncIterator<Buffer> = stream[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await chunks.next().catch(refuse);
        if (next.done === true) return;
        bytes += next.value.length;
        if (bytes > MAX_IMPORT_BYTES) throw tooLarge(MAX_IMPORT_BYTES);
        yield next.value;
      }
    } finally {
      stream.destroy();
    }
  }

  return {
    async open(name) {
      const entry = entries.get(name.toLowerCase());
      return entry === undefined ? undefined : inflated(entry);
    },
    close: () => zip.close(),
  };
}

async function entriesOf(zip: ZipFile): Promise<ReadonlyMap<string, Entry>> {
  const entries = new Map<string, Entry>();
  if (zip.entryCount > MAX_ENTRIES) throw new Error(`it has ${zip.entryCount} files`);
  // Names are of one case by the standard, and of any by some that write them
  for await (const entry of zip.eachEntry()) entries.set(entry.fileName.toLowerCase(), entry);
  return entries;
}

function refuse(cause: unknown): never {
  if (cause instanceof ImportFileError) throw cause;
  throw new ImportFileError('FileUnreadable', 'the file cannot be read: its zip is broken or encrypted', {
    cause,
  });
}
