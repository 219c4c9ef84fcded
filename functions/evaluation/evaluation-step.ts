import * as z from 'zod';
import { count } from '#functions/runtime/telemetry.ts';
import { type CompareShardPorts, compareShard, EvaluationShard } from './compare-shard.ts';
import { type EvaluatePartPorts, EvaluationPart, evaluatePart } from './evaluate-part.ts';
import {
  EvaluationRun,
  type FinishPorts,
  finishEvaluation,
  type PlanPorts,
  planEvaluation,
} from './run-evaluation.ts';

/** One step of a run over everybody, as its state machine asks for it. */
export const EvaluationStep = z.discriminatedUnion('step', [
  EvaluationRun.extend({ step: z.literal('plan') }),
  EvaluationPart.extend({ step: z.literal('part') }),
  EvaluationShard.extend({ step: z.literal('shard') }),
  EvaluationRun.extend({ step: z.literal('finish') }),
]);
export type EvaluationStep = z.infer<typeof EvaluationStep>;

export type EvaluationPorts = PlanPorts & EvaluatePartPorts & CompareShardPorts & FinishPorts;

/** Takes one step, and gives what the next ones need: of parts and shards nothing, since they note how they went. */
export async function takeStep(step: EvaluationStep, ports: EvaluationPorts): Promise<unknown> {
  switch (step.step) {
    case 'plan': {
      const { runId, waitSeconds, parts, shards } = await planEvaluation(step, ports);
      return {
        runId,
        waitSeconds,
        parts: parts.map((part) => ({ step: 'part', ...part })),
        shards: shards.map((shard) => ({ step: 'shard', ...shard })),
      };
    }
    case 'part': {
      const { step: _, ...part } = step;
      const { written } = await evaluatePart(part, ports);
      count('PeopleReevaluated', written);
      return {};
    }
    case 'shard': {
      const counts = await compareShard(step, ports);
      count('AudienceRowsRestored', counts?.restored ?? 0);
      count('AudienceRowsRemoved', counts?.removed ?? 0);
      return {};
    }
    case 'finish':
      return finishEvaluation(step, ports);
  }
}
