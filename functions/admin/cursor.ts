import * as z from 'zod';
import { RequestError } from '#shared/kernel/errors.ts';

/**
 * A place in a list, opaque to who gets it: it is sent back as it came. As long as those of Step
 * Functions may be: https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html
 */
export const Cursor = z.string().min(1).max(3096);

export const encodeCursor = (place: unknown): string =>
  Buffer.from(JSON.stringify(place)).toString('base64url');

/** @throws {RequestError} 400 for what this API has not given out. */
export function decodeCursor<S extends z.ZodType>(cursor: string, schema: S): z.output<S> {
  try {
    return schema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch {
    throw invalidCursor();
  }
}

export const invalidCursor = (): RequestError =>
  new RequestError({
    status: 400,
    code: 'INVALID_CURSOR',
    message: 'not a cursor that this list gave out, or not lately',
  });

/** How many of a list at a time. */
export const limit = (standard: number, most: number) =>
  z.coerce.number().int().min(1).max(most).default(standard);
