import * as z from 'zod';
import { RequestError } from '#shared/kernel/errors.ts';
import { LifecycleSettings, type StoredLifecycle, stageSegment } from '#shared/segments/lifecycle.ts';
import { computedTraitsOf } from '#shared/segments/references.ts';
import type { Stored } from '#shared/sources/definition-repository.ts';
import { type AdminRoute, adminRoute } from './admin-route.ts';
import type { AdminPorts } from './ports.ts';
import { outOfScope } from './problems.ts';
import { refuseInUse } from './segment-routes.ts';
import { evaluateAfterChange } from './start-evaluation.ts';

const LifecycleView = z.strictObject({
  settings: LifecycleSettings,
  version: z.int().nonnegative().describe('0 where nobody is in a stage until somebody puts settings'),
  updatedAt: z.iso.datetime().optional(),
});

export const LIFECYCLE_ROUTES: readonly AdminRoute[] = [
  adminRoute({
    method: 'GET',
    path: '/v1/lifecycle/settings',
    operationId: 'getLifecycleSettings',
    summary: 'The stages of the life cycle of customers',
    role: 'viewer',
    resource: 'segment',
    status: 200,
    problems: [],
    input: z.object({}),
    answer: LifecycleView,
    handle: async (_, { ports }) => view(await ports.lifecycle.find('lifecycle')),
  }),

  adminRoute({
    method: 'PUT',
    path: '/v1/lifecycle/settings',
    operationId: 'putLifecycleSettings',
    summary: 'Begins or changes the life cycle: everybody is in exactly one of its stages',
    role: 'admin',
    resource: 'segment',
    status: 200,
    problems: [409, 413],
    input: z.object({ body: LifecycleSettings }),
    answer: LifecycleView,
    async handle({ body }, { caller: { market, brand }, ports }) {
      // stages are of everybody
      if (market !== undefined || brand !== undefined) throw outOfScope();
      await refuseUnknown(body, ports);
      const before = (await ports.lifecycle.find('lifecycle'))?.definition.stages ?? [];
      const kept = new Set(body.stages.map(stageSegment));
      for (const gone of before.map(stageSegment).filter((id) => !kept.has(id)))
        await refuseInUse(gone, ports);
      const put = await ports.lifecycle.put({ ...body, id: 'lifecycle' });
      await evaluateAfterChange(ports);
      return view(put);
    },
  }),
];

/** A stage may ask for computed traits, which there must be. */
async function refuseUnknown(settings: LifecycleSettings, { computedTraits }: AdminPorts): Promise<void> {
  const known = new Set((await computedTraits.list()).map(({ definition }) => definition.id));
  const details = settings.stages.flatMap(({ condition }, place) =>
    (condition === undefined ? [] : computedTraitsOf(condition))
      .filter((id) => !known.has(id))
      .map((id) => ({
        path: `body.stages[${place}].condition`,
        message: `no computed trait has the id ${id}`,
      })),
  );
  if (details.length === 0) return;
  throw new RequestError({
    status: 400,
    code: 'INVALID_REQUEST',
    message: 'the request is not valid',
    details,
  });
}

function view(stored: Stored<StoredLifecycle> | undefined): z.input<typeof LifecycleView> {
  if (stored === undefined) return { settings: LifecycleSettings.parse({}), version: 0 };
  const { id: _, ...settings } = stored.definition;
  return { settings, version: stored.version, updatedAt: new Date(stored.updatedAt).toISOString() };
}
