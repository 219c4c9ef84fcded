import type * as z from 'zod';
import { CdpError, UnavailableError } from '#shared/kernel/errors.ts';
import { describeFault, isRetryable } from './fault.ts';
import { logger } from './telemetry.ts';

/**
 * Makes the handler of one step of a state machine: its input is checked, its result goes to the
 * next step, and what it throws ends the run under the error's own name.
 *
 * What AWS refuses for the moment goes by many names; it becomes an UnavailableError, which the state
 * machines try again.
 */
export function task<S extends z.ZodType, Result>({
  schema,
  handle,
}: {
  readonly schema: S;
  readonly handle: (input: z.output<S>) => Promise<Result>;
}) {
  return async (input: unknown): Promise<Result> => {
    try {
      return await handle(schema.parse(input));
    } catch (fault) {
      logger.error('step of a run failed', describeFault(fault));
      if (fault instanceof CdpError || !isRetryable(fault)) throw fault;
      throw new UnavailableError('a service behind refused for the moment', { cause: fault });
    }
  };
}
