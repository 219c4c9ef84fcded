import type { AdminPorts } from './ports.ts';

/** What a run over everybody names as what it is of. */
export const EVERYBODY = 'everybody';

/**
 * Starts a run over everybody after a change of what people are evaluated by. One that a later change
 * follows gives way to that one's.
 *
 * @returns the run's id.
 */
export async function startEvaluation({
  runs,
  newRunId,
}: Pick<AdminPorts, 'runs' | 'newRunId'>): Promise<string> {
  const id = newRunId();
  await runs.evaluations.start({ id, definitionId: EVERYBODY });
  return id;
}
