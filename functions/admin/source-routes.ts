import { RequestError } from '#shared/kernel/errors.ts';
import { Source } from '#shared/sources/source.ts';
import type { AdminRoute } from './admin-route.ts';
import { isInScope } from './caller.ts';
import { type DefinitionKind, definitionRoutes } from './definition-routes.ts';
import { refuseImportsOf } from './import-routes.ts';

type BeforePut = NonNullable<DefinitionKind<Source>['beforePut']>;

/** Where events come from, and what is taken from there. */
export const SOURCE_ROUTES: readonly AdminRoute[] = definitionRoutes({
  kind: 'source',
  repository: (ports) => ports.sources,
  schema: Source,
  editor: 'admin',
  defaults: ({ workspace: { market, brand, legalEntity } }) => ({ market, brand, legalEntity }),
  defaulted: ['market', 'brand', 'legalEntity'],
  beforePut: refuseUnknownPlan,
  beforeRemove: refuseImportsOf,
});

async function refuseUnknownPlan(
  { trackingPlan }: Source,
  { caller, ports }: Parameters<BeforePut>[1],
): Promise<void> {
  if (trackingPlan === undefined) return;
  const found = await ports.trackingPlans.find(trackingPlan);
  if (found !== undefined && isInScope(caller, found.definition)) return;
  throw new RequestError({
    status: 400,
    code: 'INVALID_REQUEST',
    message: 'the request is not valid',
    details: [{ path: 'body.trackingPlan', message: 'no tracking plan has this id' }],
  });
}
