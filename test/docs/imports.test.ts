import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MAX_IMPORT_BYTES } from '#functions/imports/plain-text.ts';
import { ROWS_A_SHARD } from '#infra/constructs/imports.ts';
import { MAX_IMPORT_PARTS } from '#shared/imports/cut-parts.ts';
import { MAX_MAPPED_COLUMNS } from '#shared/imports/import.ts';
import { ROW_REASONS } from '#shared/imports/reasons.ts';
import { KEPT_DAYS } from '#shared/kernel/kept-days.ts';

const guide = readFileSync('docs/guides/imports.md', 'utf8');

// its commands and code are run by test/scenario/imports-guide.test.ts
describe('the guide on imports', () => {
  it('says what each reason against a row means', () => {
    expect(ROW_REASONS.filter((reason) => !guide.includes(`\`${reason}\``))).toEqual([]);
  });

  it('tells the limits that hold', () => {
    expect(guide).toContain(`up to ${MAX_IMPORT_BYTES.toLocaleString('en')} bytes`);
    expect(guide).toContain(`${ROWS_A_SHARD} rows a second on each shard`);
    expect(guide).toContain(`| columns mapped | ${MAX_MAPPED_COLUMNS} |`);
    expect(guide).toContain(`| parts of a run | ${MAX_IMPORT_PARTS} |`);
    expect(guide).toContain(`| files, and what runs keep of them | ${KEPT_DAYS.imports} days |`);
  });
});
