import * as z from 'zod';
import { estimateEvaluation } from '#functions/evaluation/estimate-evaluation.ts';
import { countsOf } from '#functions/evaluation/run-evaluation.ts';
import { EvaluationCounts, EvaluationPlan, EvaluationReport } from '#functions/runs/run-progress.ts';
import { type AdminRoute, adminRoute } from './admin-route.ts';
import { Cursor, invalidCursor } from './cursor.ts';
import { notFound, outOfScope } from './problems.ts';
import { RunId, RunState, viewRun } from './run-routes.ts';
import { EVERYBODY } from './start-evaluation.ts';

const Count = z.int().nonnegative();
const Usd = z.number().nonnegative();

/** Runs over everybody: what one would take, to start one, and how one goes. */
export const EVALUATION_ROUTES: readonly AdminRoute[] = [
  adminRoute({
    method: 'GET',
    path: '/v1/evaluations/estimate',
    operationId: 'estimateEvaluation',
    summary: 'What a run over everybody would take, about',
    role: 'viewer',
    resource: 'evaluation',
    status: 200,
    problems: [],
    input: z.object({}),
    answer: z.strictObject({
      items: Count,
      people: Count,
      readUnits: Count,
      readsUsd: Usd,
      changesAtMostUsd: Usd.describe('on top, if everybody entered or left one segment'),
      minutes: Count,
    }),
    handle: (_, { ports }) => estimateEvaluation(ports),
  }),

  adminRoute({
    method: 'POST',
    path: '/v1/evaluations',
    operationId: 'startEvaluation',
    summary: 'Starts a run over everybody; a change of a definition starts one by itself',
    role: 'marketer',
    resource: 'evaluation',
    status: 202,
    problems: [],
    input: z.object({}),
    answer: z.strictObject({ id: z.string() }),
    async handle(_, { caller: { market, brand }, ports }) {
      // it is over the people of all markets and brands
      if (market !== undefined || brand !== undefined) throw outOfScope();
      const id = ports.newRunId();
      await ports.runs.evaluations.start({ id, definitionId: EVERYBODY });
      return { id };
    },
  }),

  adminRoute({
    method: 'GET',
    path: '/v1/evaluations',
    operationId: 'listEvaluations',
    summary: 'Runs over everybody, latest first',
    role: 'viewer',
    resource: 'evaluation',
    status: 200,
    problems: [],
    input: z.object({ query: z.object({ cursor: Cursor.optional() }) }),
    answer: z.strictObject({
      runs: z.array(RunState),
      next: z.string().optional().describe('a page may be empty and yet have a next one'),
    }),
    async handle({ query }, { ports }) {
      const page = await ports.runs.evaluations.list(EVERYBODY, query.cursor);
      if (page === undefined) throw invalidCursor();
      return { runs: page.runs.map(viewRun), ...(page.next !== undefined && { next: page.next }) };
    },
  }),

  adminRoute({
    method: 'GET',
    path: '/v1/evaluations/{runId}',
    operationId: 'getEvaluation',
    summary: 'How far a run over everybody has come, and what it came to',
    role: 'viewer',
    resource: 'evaluation',
    status: 200,
    problems: [404],
    input: z.object({ parameters: z.object({ runId: RunId }) }),
    answer: RunState.extend({
      plan: EvaluationPlan.optional().describe('absent until the run has begun'),
      progress: EvaluationCounts,
      outcome: EvaluationReport.shape.outcome
        .optional()
        .describe('`superseded`: the definitions changed meanwhile, and that change started another run'),
    }),
    async handle({ parameters: { runId } }, { ports }) {
      const run = await ports.runs.evaluations.find(runId);
      if (run === undefined) throw notFound('UNKNOWN_RUN', 'no run over everybody has this id');
      const { plan, report, ...noted } = await ports.progress.find(runId);
      return {
        ...viewRun(run),
        ...(plan !== undefined && { plan }),
        progress: countsOf(noted),
        ...(report !== undefined && { outcome: report.outcome }),
      };
    },
  }),
];
