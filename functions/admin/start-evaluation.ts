import { runOfChange } from '#functions/evaluation/run-evaluation.ts';
import type { AdminPorts } from './ports.ts';

/** What a run over everybody names as what it is of. */
export const EVERYBODY = 'everybody';

/**
 * Starts the run over everybody that a change of what people are evaluated by asks for. The one of a change
 * that another follows gives way to that one's.
 */
export async function evaluateAfterChange({
  runs,
  definitionsState,
}: Pick<AdminPorts, 'runs' | 'definitionsState'>): Promise<void> {
  const { version } = await definitionsState();
  await runs.evaluations.start({ id: runOfChange(version), definitionId: EVERYBODY });
}
