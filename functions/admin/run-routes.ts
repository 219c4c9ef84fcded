import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Run, Runs } from '#functions/adapters/stepfunctions/runs.ts';
import type { DefinitionRepository } from '#shared/sources/definition-repository.ts';
import { type AdminRoute, adminRoute } from './admin-route.ts';
import type { Scoped } from './caller.ts';
import { Cursor, invalidCursor } from './cursor.ts';
import { findInScope, OfDefinition } from './definition-routes.ts';
import type { AdminPorts } from './ports.ts';
import { notFound } from './problems.ts';

interface RunnableKind<R extends z.ZodType> {
  readonly kind: 'export' | 'campaign';
  readonly repository: (ports: AdminPorts) => DefinitionRepository<Scoped & { readonly id: string }>;
  readonly runs: (ports: AdminPorts) => Runs;
  /** What came of a run that succeeded. */
  readonly result: R;
  readonly resultOf: (
    run: { readonly id: string; readonly definitionId: string },
    ports: AdminPorts,
  ) => Promise<z.input<R>>;
}

const Time = z.iso.datetime();
const state = {
  id: z.string(),
  status: z.enum(['running', 'succeeded', 'failed']),
  startedAt: Time,
  finishedAt: Time.optional(),
  error: z.string().optional().describe('the name of what ended a failed run'),
};
export const RunState = z.strictObject(state);

/** As Step Functions takes names. */
export const RunId = z.string().regex(/^[A-Za-z0-9_-]{1,80}$/);

/** Start a run, list runs, follow one: the same for every kind that runs. */
export function runRoutes<R extends z.ZodType>(options: RunnableKind<R>): readonly AdminRoute[] {
  const { kind, runs } = options;
  const [path, title] = [`/v1/${kind}s/{id}/runs`, kind.charAt(0).toUpperCase() + kind.slice(1)];

  return [
    adminRoute({
      method: 'POST',
      path,
      operationId: `start${title}Run`,
      summary: `Starts a run of the ${kind} as it is now`,
      role: 'marketer',
      resource: kind,
      status: 202,
      problems: [404],
      input: z.object({
        parameters: OfDefinition,
        headers: z.object({
          'idempotency-key': z
            .string()
            .min(1)
            .max(200)
            .optional()
            .describe('the same key starts the same run once, however often it is sent'),
        }),
      }),
      answer: z.strictObject({ id: z.string() }),
      async handle({ parameters: { id: definitionId }, headers }, context) {
        await findInScope(options, definitionId, context);
        const key = headers['idempotency-key'];
        const id = key === undefined ? context.ports.newRunId() : runIdOf([kind, definitionId, key]);
        await runs(context.ports).start({ id, definitionId });
        return { id };
      },
    }),

    adminRoute({
      method: 'GET',
      path,
      operationId: `list${title}Runs`,
      summary: `Runs of the ${kind}, latest first`,
      role: 'viewer',
      resource: kind,
      status: 200,
      problems: [404],
      input: z.object({ parameters: OfDefinition, query: z.object({ cursor: Cursor.optional() }) }),
      answer: z.strictObject({
        runs: z.array(RunState),
        next: z.string().optional().describe('a page may be empty and yet have a next one'),
      }),
      async handle({ parameters: { id }, query }, context) {
        await findInScope(options, id, context);
        const page = await runs(context.ports).list(id, query.cursor);
        if (page === undefined) throw invalidCursor();
        return { runs: page.runs.map(viewRun), ...(page.next !== undefined && { next: page.next }) };
      },
    }),

    adminRoute({
      method: 'GET',
      path: `${path}/{runId}`,
      operationId: `get${title}Run`,
      summary: `How a run of the ${kind} stands, and what came of it`,
      role: 'viewer',
      resource: kind,
      status: 200,
      problems: [404],
      input: z.object({ parameters: OfDefinition.extend({ runId: RunId }) }),
      answer: z.strictObject({ ...state, result: options.result.optional() }),
      async handle({ parameters: { id, runId } }, context) {
        await findInScope(options, id, context);
        const run = await runs(context.ports).find(runId);
        if (run?.definitionId !== id) throw notFound('UNKNOWN_RUN', `no run of this ${kind} has this id`);
        const result = run.status === 'succeeded' ? await options.resultOf(run, context.ports) : undefined;
        return { ...viewRun(run), ...(result !== undefined && { result }) };
      },
    }),
  ];
}

/** How a run stands, as it is answered. */
export function viewRun({ id, status, startedAt, finishedAt, error }: Run): z.infer<typeof RunState> {
  return {
    id,
    status,
    startedAt: new Date(startedAt).toISOString(),
    ...(finishedAt !== undefined && { finishedAt: new Date(finishedAt).toISOString() }),
    ...(error !== undefined && { error }),
  };
}

/** The run of an idempotency key: another definition's run, or another key's, has another id. */
const runIdOf = (parts: readonly string[]): string =>
  `key-${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)}`;
