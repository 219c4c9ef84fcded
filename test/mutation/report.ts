import * as z from 'zod';

const Position = z.object({ line: z.int(), column: z.int() });

const MutantResult = z.object({
  location: z.object({ start: Position, end: Position }),
  replacement: z.string(),
  status: z.enum(['Killed', 'Survived', 'NoCoverage', 'Timeout', 'CompileError', 'RuntimeError', 'Ignored']),
});
type MutantResult = z.infer<typeof MutantResult>;

/** What Stryker writes of a run, as far as it is read here: https://github.com/stryker-mutator/mutation-testing-elements */
export const Report = z.object({
  files: z.record(z.string(), z.object({ source: z.string(), mutants: z.array(MutantResult) })),
});
export type Report = z.infer<typeof Report>;

/** A change to the code that no test noticed. */
export interface Survivor {
  readonly file: string;
  readonly line: number;
  /** Both in one line, however they were broken. */
  readonly original: string;
  readonly replacement: string;
}

/** How many changes were noticed in one file, of those that a test could notice. */
export interface FileScore {
  readonly file: string;
  readonly noticed: number;
  readonly of: number;
  /** How many of these because a test did not end: a loop without an end, or a machine that is busy. */
  readonly timedOut: number;
}

const NOTICED: readonly MutantResult['status'][] = ['Killed', 'Timeout'];
const MISSED: readonly MutantResult['status'][] = ['Survived', 'NoCoverage'];

export const survivorsOf = ({ files }: Report): readonly Survivor[] =>
  Object.entries(files).flatMap(([file, { source, mutants }]) =>
    mutants
      .filter(({ status }) => MISSED.includes(status))
      .map(({ location, replacement }) => ({
        file,
        line: location.start.line,
        original: inOneLine(textAt(source, location)),
        replacement: inOneLine(replacement),
      })),
  );

export const scoresOf = ({ files }: Report): readonly FileScore[] =>
  Object.entries(files).map(([file, { mutants }]) => {
    const count = (statuses: readonly string[]): number =>
      mutants.filter(({ status }) => statuses.includes(status)).length;
    const noticed = count(NOTICED);
    return { file, noticed, of: noticed + count(MISSED), timedOut: count(['Timeout']) };
  });

/** In per cent; a file with nothing to change scores 100. */
export const scoreOf = (scores: readonly FileScore[]): number => {
  const sum = (part: 'noticed' | 'of'): number => scores.reduce((total, score) => total + score[part], 0);
  return sum('of') === 0 ? 100 : (100 * sum('noticed')) / sum('of');
};

export const inOneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

/** The part of a text between two places, which count from 1. */
function textAt(source: string, { start, end }: MutantResult['location']): string {
  const lines = source.split('\n').slice(start.line - 1, end.line);
  const last = lines.length - 1;
  return lines
    .map((line, index) =>
      line.slice(index === 0 ? start.column - 1 : 0, index === last ? end.column - 1 : undefined),
    )
    .join('\n');
}
