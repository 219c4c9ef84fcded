import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CHUNK_SIZE } from '#functions/exports/run-export.ts';
import { MAX_CHUNKS } from '#functions/runs/snapshot-audience.ts';
import { NO_AGGREGATES } from '#shared/computed/computed-rules.ts';
import { cellsOf } from '#shared/exports/columns.ts';
import { Export, headerOf } from '#shared/exports/export.ts';
import { KEPT_DAYS } from '#shared/kernel/kept-days.ts';
import { DEFAULT_RULES } from '#shared/traits/trait-definition.ts';
import { person } from '#test/support/person.ts';

describe('the guide on exports', () => {
  const guide = readFileSync('docs/guides/exports.md', 'utf8');
  const [, json = ''] = /```json\n([\s\S]*?)```/.exec(guide) ?? [];

  it('shows an export that is one, and makes a row', () => {
    const definition = Export.parse(JSON.parse(json));

    expect(definition.columns.map(headerOf).slice(0, 3)).toEqual(['pid', 'E-mail', 'trait:city']);
    expect(
      cellsOf({ ...definition, traits: DEFAULT_RULES, computed: NO_AGGREGATES })(
        person('p1', { activity: { sums: { total_spent: { EUR: 24409194 } } } }),
        0,
      ),
    ).toEqual([...['p1', '', '', '', '0', ''], '244091.94', '']);
  });

  it('tells the limits that hold', () => {
    expect(guide).toContain(`up to ${CHUNK_SIZE.toLocaleString('en')} people`);
    expect(guide).toContain(`a run up to ${(MAX_CHUNKS * CHUNK_SIZE).toLocaleString('en')}`);
    expect(readFileSync('infra/constructs/exports.ts', 'utf8')).toContain("'exports/': KEPT_DAYS.exports");
    expect(KEPT_DAYS.exports).toBe(90);
  });
});
