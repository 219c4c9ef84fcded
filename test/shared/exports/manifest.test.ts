import { describe, expect, it } from 'vitest';
import { Export } from '#shared/exports/export.ts';
import { addExclusions, Manifest, manifestOf, type StoredPart } from '#shared/exports/manifest.ts';

const definition = Export.parse({
  id: 'loyal-file',
  name: 'Loyal customers',
  segment: 'loyal',
  columns: ['pid', { column: 'trait:city', header: 'Ville' }],
});
const planned = {
  definition,
  version: 3,
  segmentVersion: 7,
  startedAt: '2026-11-22T12:00:00.000Z',
};

const part = (n: number, excluded: StoredPart['excluded'] = {}): StoredPart => ({
  part: n,
  key: `exports/loyal-file/r1/part-0000${n}.csv.gz`,
  rows: n * 10,
  excluded,
  sha256: String(n).repeat(64),
  bytes: n * 100,
});

describe('the manifest of a run', () => {
  const run = { runId: 'r1', finishedAt: '2026-11-22T12:00:09.000Z' };

  it('says what was written, from which definitions and with which columns', () => {
    const manifest = manifestOf(planned, { ...run, parts: [part(1, { no_consent: 2 })] });

    expect(Manifest.parse(manifest)).toEqual({
      export: { id: 'loyal-file', version: 3 },
      runId: 'r1',
      segment: { id: 'loyal', version: 7 },
      startedAt: '2026-11-22T12:00:00.000Z',
      finishedAt: '2026-11-22T12:00:09.000Z',
      format: 'csv',
      columns: [
        { column: 'pid', header: 'pid' },
        { column: 'trait:city', header: 'Ville' },
      ],
      parts: [{ key: part(1).key, rows: 10, sha256: '1'.repeat(64), bytes: 100 }],
      rows: 10,
      excluded: { no_consent: 2 },
    });
  });

  it('does not depend on the order in which the parts came', () => {
    const parts = [part(1, { no_consent: 1 }), part(2, { gone: 1, no_consent: 1 }), part(3)];

    expect(manifestOf(planned, { ...run, parts: parts.toReversed() })).toEqual(
      manifestOf(planned, { ...run, parts }),
    );
    expect(manifestOf(planned, { ...run, parts })).toMatchObject({
      rows: 60,
      excluded: { gone: 1, no_consent: 2 },
    });
  });
});

describe('exclusions', () => {
  it('add up by reason, reasons in alphabetical order', () => {
    const sum = addExclusions([{ unreachable: 1 }, { gone: 2, unreachable: 3 }, {}]);

    expect(Object.entries(sum)).toEqual([
      ['gone', 2],
      ['unreachable', 4],
    ]);
  });
});
