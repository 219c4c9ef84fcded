import type * as z from 'zod';

/**
 * Reads what a function needs from its environment, once, at cold start: a variable that the stack
 * forgot stops the function at its first line rather than at its first use.
 *
 * @throws {Error} naming each variable that is missing or wrong, and never its value.
 */
export function readEnv<S extends z.ZodObject>(
  schema: S,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): z.output<S> {
  const parsed = schema.safeParse(environment);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`environment variables are missing or wrong: ${faults.join('; ')}`);
}
