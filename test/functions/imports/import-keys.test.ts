import { describe, expect, it } from 'vitest';
import { uploadOf } from '#functions/imports/import-keys.ts';

describe('uploadOf', () => {
  it.each([
    ['imports/contacts/file.csv', { importId: 'contacts', dryRun: false }],
    ['imports/contacts/2026/11/a b.csv', { importId: 'contacts', dryRun: false }],
    ['dry-runs/contacts/file.csv', { importId: 'contacts', dryRun: true }],
  ])('reads %s', (key, upload) => {
    expect(uploadOf(key)).toEqual(upload);
  });

  it.each([
    'imports/contacts/',
    'imports/contacts/2026-11-22/',
    'imports/contacts',
    'imports/Con tacts/a.csv',
    'runs/imports/contacts/r/rows.csv',
    'a/imports/b/c',
  ])('reads nothing from %s', (key) => {
    expect(uploadOf(key)).toBeUndefined();
  });
});
