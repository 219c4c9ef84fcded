import { readSheet } from '#functions/imports/read-sheet.ts';
import { xlsxOf } from '#test/support/xlsx.ts';
import { HEADER, PURCHASES, purchase } from './import-file.ts';

/** The same purchases as a spreadsheet has them, texts and numbers in cells of their own. */
export function purchaseSheet(rows: number): Buffer {
  const shared = new Map<string, number>();
  const textCell = (text: string): string => {
    const at = shared.get(text) ?? shared.size;
    shared.set(text, at);
    return `<c t="s"><v>${at}</v></c>`;
  };
  const cell = (text: string): string => (/^\d+$/.test(text) ? `<c><v>${text}</v></c>` : textCell(text));
  const rowOf = (line: string): string => `<row>${line.trim().split(';').map(cell).join('')}</row>`;
  const lines = Array.from({ length: rows }, (_, n) => purchase(n).replaceAll(/["\r\n<&]/g, ' '));
  const sheet = [HEADER, ...lines].map(rowOf).join('');
  return xlsxOf({
    sheets: { Purchases: sheet },
    shared: [...shared.keys()].map((text) => `<si><t>${text}</t></si>`).join(''),
  });
}

/** Reads a spreadsheet into lines of rows, which are dropped. */
export async function readPurchaseSheet(file: Buffer): Promise<number> {
  async function* upload() {
    yield file;
  }
  let bytes = 0;
  const { parts } = await readSheet(upload(), {
    kind: { isGzip: false, format: 'xlsx', head: file },
    definition: PURCHASES,
    file: { key: 'k', etag: 'e', bytes: file.length },
    run: { importId: PURCHASES.id, runId: 'run', attempt: 1 },
    files: {
      async write(key, chunks) {
        for await (const chunk of chunks) bytes += chunk.length;
        return { key, etag: 'e', bytes };
      },
    },
  });
  if (parts.at(-1)?.end !== bytes) throw new Error('the parts do not end where the rows do');
  return bytes;
}
