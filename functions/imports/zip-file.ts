import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { ImportFileError } from './import-file-error.ts';
import { MAX_IMPORT_BYTES, tooLarge } from './plain-text.ts';

/** Entries of an archive that is looked into: a spreadsheet has some tens, and a few for each of its sheets. */
const MAX_ENTRIES = 10_000;

/** The files within an archive. */
export interface ZipArchive {
  /**
   * Nothing where it has none of that name.
   *
   * @throws {ImportFileError} from what is given, for a file that cannot be inflated, or to more than `most` bytes.
   */
  open(name: string, most?: number): Promise<AsyncIterable<Buffer> | undefined>;
  close(): void;
}

/**
 * Opens an archive on disk, of which only the list of its files is held.
 *
 * What a file makes is bounded however little it is in the archive, and one that makes more than it says is
 * refused.
 *
 * @throws {ImportFileError} for what is no zip, or has more than {@link MAX_ENTRIES} entries.
 */
export async function openZip(path: string): Promise<ZipArchive> {
  const zip = await openPromise(path, { lazyEntries: true, autoClose: false }).catch(refuse);
  const entries = await entriesOf(zip).catch((fault) => {
    zip.close();
    return refuse(fault);
  });

  async function* inflated(entry: Entry, most: number): AsyncGenerator<Buffer> {
    let bytes = 0;
    const stream = await zip.openReadStreamPromise(entry).catch(refuse);
    const chunks: AsyncIterator<Buffer> = stream[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await chunks.next().catch(refuse);
        if (next.done === true) return;
        bytes += next.value.length;
        if (bytes > most) throw tooLarge(most);
        yield next.value;
      }
    } finally {
      stream.destroy();
    }
  }

  return {
    async open(name, most = MAX_IMPORT_BYTES) {
      const entry = entries.get(name.toLowerCase());
      return entry === undefined ? undefined : inflated(entry, most);
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
