import { ComputedTrait } from '#shared/computed/computed-trait.ts';
import { columnNameOf } from '#shared/exports/export.ts';
import { RequestError } from '#shared/kernel/errors.ts';
import { stageSegments } from '#shared/segments/lifecycle.ts';
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

async function refuseInUse(id: string, { segments, lifecycle, exports }: AdminPorts): Promise<void> {
  const [stored, cycle, files] = await Promise.all([
    segments.list(),
    lifecycle.find('lifecycle'),
    exports.list(),
  ]);
  const stages = cycle === undefined ? [] : stageSegments(cycle.definition);
  const users = [
    ...[...stored.map(({ definition }) => definition), ...stages].filter(({ condition }) =>
      computedTraitsOf(condition).includes(id),
    ),
    ...files
      .map(({ definition }) => definition)
      .filter(({ columns }) => columns.map(columnNameOf).includes(`computed:${id}`)),
  ];
  if (users.length === 0) return;
  throw new RequestError({
    status: 409,
    code: 'COMPUTED_TRAIT_IN_USE',
    message: `segments or exports ask for this computed trait: ${users.map((user) => user.id).join(', ')}`,
  });
}
