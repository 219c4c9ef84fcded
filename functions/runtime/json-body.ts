import type * as z from 'zod';
import { isDeeper } from '#shared/events/nesting.ts';
import { RequestError } from '#shared/kernel/errors.ts';

const MAX_DEPTH = 32;

/**
 * Parses a body by its bytes, whatever the content type says, and bounded in depth: a schema that refers
 * to itself goes as deep as the body does.
 *
 * @throws {RequestError} 400 for what is no JSON, or too deep.
 */
export function parseJson(body: Buffer): unknown {
  const value = parse(body);
  if (!isDeeper(value, MAX_DEPTH)) return value;
  throw invalid('INVALID_JSON', `the body is nested deeper than ${MAX_DEPTH} levels`);
}

/**
 * Reads what was asked as `schema` wants it.
 *
 * @throws {RequestError} 400 that lists where it is wrong and what is allowed there.
 */
export function validate<S extends z.ZodType>(value: unknown, schema: S): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new RequestError({
    status: 400,
    code: 'INVALID_REQUEST',
    message: 'the request is not valid',
    details: parsed.error.issues.slice(0, 50).map((issue) => ({
      path: pathOf(issue.path),
      message: issue.message,
    })),
  });
}

/** `condition.all[0].trait`: as one would write it in the code that sent it. */
export const pathOf = (path: readonly PropertyKey[]): string =>
  path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');

function parse(body: Buffer): unknown {
  if (body.length === 0) throw invalid('INVALID_JSON', 'the body is empty; JSON is expected');
  try {
    return JSON.parse(body.toString('utf8').replace(/^\uFEFF/, ''));
  } catch {
    throw invalid('INVALID_JSON', 'the body is not JSON');
  }
}

const invalid = (code: string, message: string): RequestError =>
  new RequestError({ status: 400, code, message });
