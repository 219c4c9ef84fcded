import { expect, it } from 'vitest';
import { chunkKey, definitionKey, planKey, reportKey } from '#functions/runs/run-keys.ts';

it('keeps the files of an export and of a campaign apart, though their runs have one id', () => {
  const [file, mail] = [
    { kind: 'exports', runId: 'r1' },
    { kind: 'campaigns', runId: 'r1' },
  ] as const;

  const keys = [file, mail].flatMap((run) => [definitionKey(run), planKey(run), chunkKey(run, 1)]);

  expect(new Set([...keys, reportKey('r1')]).size).toBe(7);
  expect(keys.slice(0, 3)).toEqual([
    'runs/exports/r1/definition.json',
    'runs/exports/r1/plan.json',
    'runs/exports/r1/chunk-00001.json',
  ]);
  expect(reportKey('r1')).toBe('runs/campaigns/r1/report.json');
});
