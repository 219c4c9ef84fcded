import { RE2JS, RE2JSException } from 're2js';
import * as z from 'zod';
import type { Truth } from '#shared/kernel/truth.ts';

const MAX_STEPS = 250;

/** Longer texts are not looked at, so that a look at one is a matter of milliseconds whatever the pattern. */
export const MAX_MATCHED_CHARACTERS = 1_000;

/**
 * A regular expression as RE2 reads them: matched in a time that grows with the text and no faster,
 * without the lookarounds and backreferences that would make it otherwise. It may match anywhere unless
 * `^` and `$` say where.
 */
export const Pattern = z
  .string()
  .min(1)
  .max(200)
  .superRefine((pattern, context) => {
    const fault = faultOf(pattern);
    if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
  });

/** @see https://github.com/google/re2/wiki/Syntax */
function faultOf(pattern: string): string | undefined {
  try {
    const steps = RE2JS.compile(pattern).programSize();
    return steps > MAX_STEPS
      ? `too long once its repetitions are written out: ${steps} of ${MAX_STEPS} steps`
      : undefined;
  } catch (fault) {
    if (fault instanceof RE2JSException) return `${fault.message}; RE2's syntax is allowed here`;
    throw fault;
  }
}

/** Makes the test whether a text has a match; of another value, or a text too long, it is not known. */
export function compilePattern(pattern: string): (value: unknown) => Truth {
  const compiled = RE2JS.compile(pattern);
  return (value) =>
    typeof value === 'string' && value.length <= MAX_MATCHED_CHARACTERS ? compiled.test(value) : undefined;
}
