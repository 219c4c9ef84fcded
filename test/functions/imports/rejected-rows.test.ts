import { describe, expect, it } from 'vitest';
import { rejectedFormat } from '#functions/imports/rejected-rows.ts';
import type { PlannedImport } from '#shared/imports/planned-import.ts';

const rows = (format: PlannedImport['rows']['format'], columns: string[] = []): PlannedImport['rows'] => ({
  key: 'k',
  etag: 'e',
  bytes: 1,
  format,
  columns,
});
const CSV = { type: 'csv', delimiter: ';', quote: '"', encoding: 'utf-8' } as const;

describe('the file of rejected rows', () => {
  it('is CSV with the delimiter and the quotes of its file, after a mark by which spreadsheets know UTF-8', () => {
    const { extension, beginning, line } = rejectedFormat(rows({ ...CSV, quote: "'" }, ['a', 'b']));

    expect(extension).toBe('csv');
    expect(beginning).toBe('\ufeffrejected_line;rejected_reason;rejected_column;a;b\r\n');
    expect(line({ line: 7, reason: 'bad_email', column: 'a', row: ["x'y", 'u;v'] })).toBe(
      "7;bad_email;a;'x''y';'u;v'\r\n",
    );
  });

  it('says nothing of what was said when its rows were rejected before', () => {
    const columns = ['rejected_line', 'a', 'rejected_reason', 'rejected_column', 'b'];
    const { beginning, line } = rejectedFormat(rows(CSV, columns));

    expect(beginning).toBe('\ufeffrejected_line;rejected_reason;rejected_column;a;b\r\n');
    expect(line({ line: 2, reason: 'bad_date', row: ['9', 'x', 'bad_email', 'a', 'y', 'more'] })).toBe(
      '2;bad_date;;x;y;more\r\n',
    );
  });

  it('holds the text of a row that has no cells', () => {
    const { line } = rejectedFormat(rows(CSV, ['a', 'b']));

    expect(line({ line: 2, reason: 'bad_quotes', row: '"x;y' })).toBe('2;bad_quotes;;"""x;y"\r\n');
  });

  it('is CSV of commas for a spreadsheet', () => {
    const { extension, line } = rejectedFormat(rows({ type: 'cells' }, ['a', 'b', 'c']));

    expect(extension).toBe('csv');
    expect(line({ line: 2, reason: 'bad_date', row: [1.5, true, null] })).toBe('2,bad_date,,1.5,true,\r\n');
  });

  it('is lines of JSON for such lines', () => {
    const { extension, beginning, line } = rejectedFormat(rows({ type: 'jsonl' }));
    const row = { rejected_line: 1, rejected_reason: 'old', a: { b: 1 } };

    expect({ extension, beginning }).toEqual({ extension: 'jsonl', beginning: '' });
    expect(JSON.parse(line({ line: 3, reason: 'bad_email', column: 'a', row }))).toEqual({
      rejected_line: 3,
      rejected_reason: 'bad_email',
      rejected_column: 'a',
      a: { b: 1 },
    });
    expect(JSON.parse(line({ line: 4, reason: 'bad_json', row: '{' }))).toEqual({
      rejected_line: 4,
      rejected_reason: 'bad_json',
      rejected_row: '{',
    });
  });
});
