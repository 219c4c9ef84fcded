import { RequestError } from '#shared/kernel/errors.ts';

/** What is not there, or not of the caller's market or brand: the caller cannot tell which. */
export const notFound = (code: string, message: string): RequestError =>
  new RequestError({ status: 404, code, message });

export const outOfScope = (): RequestError =>
  new RequestError({
    status: 403,
    code: 'OUT_OF_SCOPE',
    message: 'this is of another market or brand than the user is for',
  });
