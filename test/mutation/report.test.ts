import { describe, expect, it } from 'vitest';
import { Report, scoreOf, scoresOf, survivorsOf } from './report.ts';

const at = (line: number, column: number) => ({ line, column });
const mutant = (status: string, start = at(1, 1), end = at(1, 2)) => ({
  status,
  replacement: '{\n}',
  location: { start, end },
});

describe('the report of a mutation run', () => {
  const report = Report.parse({
    files: {
      'a.ts': {
        source: 'one {\n  two\n} three',
        mutants: [mutant('Survived', at(1, 5), at(3, 2)), mutant('Killed'), mutant('Timeout')],
      },
      'b.ts': { source: 'x', mutants: [mutant('NoCoverage'), mutant('Ignored'), mutant('RuntimeError')] },
    },
  });

  it('shows what survived, in one line, tested or not', () => {
    expect(survivorsOf(report)).toEqual([
      { file: 'a.ts', line: 1, original: '{ two }', replacement: '{ }' },
      { file: 'b.ts', line: 1, original: 'x', replacement: '{ }' },
    ]);
  });

  it('counts what was noticed among what could be', () => {
    const scores = scoresOf(report);

    expect(scores).toEqual([
      { file: 'a.ts', noticed: 2, of: 3, timedOut: 1 },
      { file: 'b.ts', noticed: 0, of: 1, timedOut: 0 },
    ]);
    expect(scoreOf(scores)).toBe(50);
    expect(scoreOf([])).toBe(100);
  });
});
