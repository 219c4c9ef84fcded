import { posix } from 'node:path';
import { isDateFormat } from './date-styles.ts';
import { ImportFileError } from './import-file-error.ts';
import { visitXml } from './read-xml.ts';
import type { ZipArchive } from './zip-file.ts';

/** Characters of all the distinct texts of a workbook, which are held while its rows are read. */
export const MAX_SHARED_CHARACTERS = 64_000_000;

/** What a text takes beside its characters. */
const TEXT_OVERHEAD = 16;
/** Bytes of what says how the workbook is made, in which styles are the most. */
const MAX_DIRECTORY_BYTES = 64_000_000;

/** A workbook as far as its rows need it. */
export interface Workbook {
  readonly sheets: readonly { readonly name: string; readonly path: string; readonly isHidden: boolean }[];
  /** Texts that cells name by number. */
  readonly shared: readonly string[];
  /** By a cell's style, whether its number is a date. */
  readonly isDate: readonly boolean[];
  /** Whether days are counted since 1904 and not 1900. */
  readonly since1904: boolean;
}

/**
 * Reads what a workbook says of its sheets, by the standard's relations and not by names of files.
 * https://ecma-international.org/publications-and-standards/standards/ecma-376/
 *
 * @throws {ImportFileError} for an archive that holds none, or one with more text than can be held.
 */
export async function readWorkbook(zip: ZipArchive): Promise<Workbook> {
  const root = await relationsOf(zip, '');
  const path = root.find(({ type }) => type === 'officeDocument')?.path;
  const document = path?.endsWith('.xml') === true ? await zip.open(path, MAX_DIRECTORY_BYTES) : undefined;
  if (path === undefined || document === undefined) {
    throw new ImportFileError(
      'FileUnreadable',
      'the file cannot be read: it is a zip archive that is no .xlsx',
    );
  }
  const relations = await relationsOf(zip, path);
  const named = (type: string): string | undefined => relations.find((each) => each.type === type)?.path;
  const sheets: Workbook['sheets'][number][] = [];
  let since1904 = false;
  await visitXml(document, {
    open(name, attribute) {
      if (name === 'workbookPr') since1904 = ['1', 'true'].includes(attribute('date1904') ?? '');
      if (name !== 'sheet') return;
      const sheet = relations.find(({ id, type }) => id === attribute('id') && type === 'worksheet');
      if (sheet === undefined) return;
      const isHidden = (attribute('state') ?? 'visible') !== 'visible';
      sheets.push({ name: attribute('name') ?? '', path: sheet.path, isHidden });
    },
  });
  return {
    sheets,
    since1904,
    shared: await sharedTexts(await opened(zip, named('sharedStrings'))),
    isDate: await dateStyles(await opened(zip, named('styles'), MAX_DIRECTORY_BYTES)),
  };
}

const opened = async (zip: ZipArchive, path: string | undefined, most?: number) =>
  path === undefined ? undefined : zip.open(path, most);

interface Relation {
  readonly id: string;
  /** The last word of the relation's address. */
  readonly type: string;
  readonly path: string;
}

/** The files that a file of the archive refers to. */
async function relationsOf(zip: ZipArchive, path: string): Promise<readonly Relation[]> {
  const folder = path === '' ? '' : posix.dirname(path);
  const file = await zip.open(
    posix.join(folder, '_rels', `${posix.basename(path)}.rels`),
    MAX_DIRECTORY_BYTES,
  );
  const relations: Relation[] = [];
  if (file === undefined) return relations;
  await visitXml(file, {
    open(name, attribute) {
      const [id, type, target] = [attribute('Id'), attribute('Type'), attribute('Target')];
      if (name !== 'Relationship' || id === undefined || type === undefined || target === undefined) return;
      relations.push({
        id,
        type: posix.basename(type),
        path: posix.resolve('/', folder, target).slice(1),
      });
    },
  });
  return relations;
}

/** Rich text is put together; how it is to be read aloud, as Japanese has it, is no part of it. */
async function sharedTexts(file: AsyncIterable<Buffer> | undefined): Promise<readonly string[]> {
  const texts: string[] = [];
  if (file === undefined) return texts;
  let text = '';
  let characters = 0;
  let isText = false;
  let isPhonetic = false;
  await visitXml(file, {
    open(name) {
      if (name === 'si') text = '';
      if (name === 'rPh') isPhonetic = true;
      isText = name === 't' && !isPhonetic;
    },
    text(part) {
      if (isText) text += part;
    },
    close(name) {
      isText = false;
      if (name === 'rPh') isPhonetic = false;
      if (name !== 'si') return;
      characters += text.length + TEXT_OVERHEAD;
      if (characters > MAX_SHARED_CHARACTERS) {
        throw new ImportFileError(
          'FileTooLarge',
          'the spreadsheet has more text than can be held: save it as .csv',
        );
      }
      texts.push(text);
    },
  });
  return texts;
}

async function dateStyles(file: AsyncIterable<Buffer> | undefined): Promise<readonly boolean[]> {
  const formats = new Map<number, string>();
  const styles: number[] = [];
  let isCellStyle = false;
  if (file === undefined) return [];
  await visitXml(file, {
    open(name, attribute) {
      if (name === 'numFmt') formats.set(Number(attribute('numFmtId')), attribute('formatCode') ?? '');
      if (name === 'cellXfs') isCellStyle = true;
      if (name === 'xf' && isCellStyle) styles.push(Number(attribute('numFmtId') ?? 0));
    },
    close(name) {
      if (name === 'cellXfs') isCellStyle = false;
    },
  });
  return styles.map((id) => isDateFormat(id, formats.get(id)));
}
