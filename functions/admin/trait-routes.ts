import { RequestError } from '#shared/kernel/errors.ts';
import { MAX_KEPT_WRITES, TraitDefinition, TraitName, writesKept } from '#shared/traits/trait-definition.ts';
import type { AdminRoute } from './admin-route.ts';
import { definitionRoutes } from './definition-routes.ts';
import type { AdminPorts } from './ports.ts';

/** How traits are kept: by trait, under its own name. */
export const TRAIT_ROUTES: readonly AdminRoute[] = definitionRoutes({
  kind: 'trait',
  repository: (ports) => ports.traits,
  schema: TraitDefinition,
  idSchema: TraitName,
  ofWorkspace: true,
  ofPeople: true,
  editor: 'admin',
  beforePut: (definition, { ports }) => refuseTooMany(definition, ports),
});

/** A person holds the values of all traits that keep several, and must fit one item of DynamoDB. */
async function refuseTooMany(definition: TraitDefinition, { traits }: AdminPorts): Promise<void> {
  const others = (await traits.list())
    .map((stored) => stored.definition)
    .filter(({ id }) => id !== definition.id);
  const kept = [...others, definition].map(writesKept).filter((writes) => writes > 1);
  if (kept.reduce((sum, writes) => sum + writes, 0) <= MAX_KEPT_WRITES) return;
  throw new RequestError({
    status: 409,
    code: 'TOO_MANY_KEPT_VALUES',
    message: `all traits that keep several values may keep ${MAX_KEPT_WRITES} together; lower a limit`,
  });
}
