import type { Survivor } from './report.ts';

/** A mutant without its line, which moves with every edit above it. */
type Listed = Omit<Survivor, 'line'>;

const HEADING = /^#+ `(shared\/[\w/.-]+\.ts)`$/;
const ITEM = /^\s*- (`+)(.+?)\1 → (`+)(.+?)\3(?: × (\d+))?$/;

/**
 * Reads the mutants that a page lists: under a heading that names a file, each item of the form
 * `` `original` → `replacement` ``, with `× 2` after it where there are two alike.
 */
export function listedIn(page: string): readonly Listed[] {
  let file = '';
  return page.split('\n').flatMap((line) => {
    file = HEADING.exec(line)?.[1] ?? file;
    const [, , original, , replacement, times = '1'] = ITEM.exec(line) ?? [];
    if (original === undefined || replacement === undefined) return [];
    const listed = { file, original: original.trim(), replacement: replacement.trim() };
    return Array.from({ length: Number(times) }, () => listed);
  });
}

/** How a page lists a mutant. */
export const listing = ({ original, replacement }: Listed): string =>
  `- ${code(original)} → ${code(replacement)}`;

/** What a list and a run disagree in, for the files of the run; a mutant twice in a file is to be listed twice. */
export function compareLists(
  survivors: readonly Survivor[],
  listed: readonly Listed[],
  files: readonly string[],
): { readonly unlisted: readonly Survivor[]; readonly stale: readonly Listed[] } {
  const stale = listed.filter(({ file }) => files.includes(file));
  const unlisted = survivors.filter((survivor) => {
    const place = stale.findIndex((one) => one.file === survivor.file && listing(one) === listing(survivor));
    if (place >= 0) stale.splice(place, 1);
    return place < 0;
  });
  return { unlisted, stale };
}

/** A code span; what has backticks of its own stands between two of them. */
const code = (text: string): string => (text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``);
