import { ComputedTrait } from '#shared/computed/computed-trait.ts';
import { RequestError } from '#shared/kernel/errors.ts';
import { computedTraitsOf } from '#shared/segments/references.ts';
import type { AdminRoute } from './admin-route.ts';
import { definitionRoutes } from './definition-routes.ts';
import type { AdminPorts } from './ports.ts';

/** Values that people have by what they did: the same for all markets and brands, since they may be shown of anybody. */
export const COMPUTED_TRAIT_ROUTES: readonly AdminRoute[] = definitionRoutes({
  kind: 'computed-trait',
  repository: (ports) => ports.computedTraits,
  schema: ComputedTrait,
  ofWorkspace: true,
  ofPeople: true,
  editor: 'marketer',
  beforeRemove: refuseInUse,
});

async function refuseInUse(id: string, { segments }: AdminPorts): Promise<void> {
  const users = (await segments.list()).filter(({ definition }) =>
    computedTraitsOf(definition.condition).includes(id),
  );
  if (users.length === 0) return;
  throw new RequestError({
    status: 409,
    code: 'COMPUTED_TRAIT_IN_USE',
    message: `segments ask for this computed trait: ${users.map(({ definition }) => definition.id).join(', ')}`,
  });
}
