import { pathOf } from '#functions/runtime/json-body.ts';
import { RequestError } from '#shared/kernel/errors.ts';
import { TrackingPlan } from '#shared/plans/tracking-plan.ts';
import type { AdminRoute } from './admin-route.ts';
import { definitionRoutes } from './definition-routes.ts';
import type { AdminPorts } from './ports.ts';

/** What events should look like, for the sources that say so. */
export const TRACKING_PLAN_ROUTES: readonly AdminRoute[] = definitionRoutes({
  kind: 'tracking-plan',
  repository: (ports) => ports.trackingPlans,
  schema: TrackingPlan,
  editor: 'admin',
  beforePut: refuseFaults,
  beforeRemove: refuseInUse,
});

const MAX_TOLD = 50;

async function refuseFaults(plan: TrackingPlan): Promise<void> {
  // what compiles schemas is large, and most calls need none of it
  const { planFaults } = await import('#shared/plans/plan-faults.ts');
  const faults = planFaults(plan);
  if (faults.length === 0) return;
  throw new RequestError({
    status: 400,
    code: 'INVALID_REQUEST',
    message: 'the request is not valid',
    details: faults
      .slice(0, MAX_TOLD)
      .map(({ path, message }) => ({ path: pathOf(['body', ...path]), message })),
  });
}

async function refuseInUse(id: string, { sources }: AdminPorts): Promise<void> {
  const users = (await sources.list()).filter(({ definition }) => definition.trackingPlan === id);
  if (users.length === 0) return;
  throw new RequestError({
    status: 409,
    code: 'TRACKING_PLAN_IN_USE',
    message: `sources are held to this tracking plan: ${users.map(({ definition }) => definition.id).join(', ')}`,
  });
}
