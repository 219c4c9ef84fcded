import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { FileFault } from '#functions/imports/import-file-error.ts';
import { ROW_REASONS } from '#shared/imports/reasons.ts';

const guide = readFileSync('docs/guides/imports.md', 'utf8');
const errors = readFileSync('docs/errors.md', 'utf8');
const FILE_FAULTS: Readonly<Record<FileFault, true>> = {
  FileMisplaced: true,
  FileNotFound: true,
  FileEmpty: true,
  FileTooLarge: true,
  FileUnreadable: true,
  ColumnsMissing: true,
  ColumnsTwice: true,
  SourceDisabled: true,
};

/** The names in the first column of the table below a heading. */
const listed = (page: string, heading: string): readonly string[] => {
  const section = page.slice(page.indexOf(`${heading}\n`) + heading.length).split(/\n#+ /)[0] ?? '';
  return [...section.matchAll(/^\| (`[^|]+) \|/gm)]
    .flatMap(([, cell = '']) => [...cell.matchAll(/`(\w+)`/g)])
    .map(([, name = '']) => name);
};

describe('what the pages say of files that are not taken', () => {
  it('is each reason that a row is rejected for, and that of tracking plans', () => {
    const reasons = listed(guide, '## What is wrong with a row');

    expect(reasons.toSorted()).toEqual([...ROW_REASONS, 'plan_violation'].toSorted());
  });

  it('is each error that a run ends with before anything is sent', () => {
    expect(listed(errors, '### IMPORT_FILE_REFUSED').toSorted()).toEqual(Object.keys(FILE_FAULTS).toSorted());
  });
});
