import * as z from 'zod';
import { own } from '#shared/kernel/own.ts';
import { findGroup, type Group } from '#shared/segments/group.ts';
import { isStageSegment } from '#shared/segments/lifecycle.ts';
import type { Stored } from '#shared/sources/definition-repository.ts';
import { Slug } from '#shared/sources/source.ts';
import { type AdminRoute, adminRoute } from './admin-route.ts';
import { isInScope } from './caller.ts';
import { AsCustomerOf, type Context, findPerson, OfPerson } from './find-person.ts';
import { notFound } from './problems.ts';
import { viewWhy, WhyView } from './why-view.ts';

export const WHY_ROUTES: readonly AdminRoute[] = [
  adminRoute({
    method: 'GET',
    path: '/v1/profiles/{identifier}/segments/{segment}/why',
    operationId: 'whyInSegment',
    summary: 'Why a person is in a segment or not, by its definition of now',
    role: 'viewer',
    resource: 'profile',
    status: 200,
    problems: [404, 409],
    input: z.object({ parameters: OfPerson.extend({ segment: Slug }), query: AsCustomerOf }),
    answer: WhyView,
    async handle({ parameters, query }, context) {
      const { definition } = await findShown(parameters.segment, context);
      const person = await findPerson(parameters.identifier, query, context);
      const definitions = await context.ports.definitions.current(person.activity.definitionsVersion);
      const at = context.ports.now();
      const explanation = definitions.explain(definition.id, person, at);
      if (explanation === undefined) throw notFound('UNKNOWN_SEGMENT', 'no segment has this id');
      const since = own(person.activity.segments, definition.id);
      return viewWhy(explanation, { segment: definition, since, at, timeZone: definitions.timeZone });
    },
  }),
];

/** A stage is shown with whoever may be seen; of segments, those of the caller's market and brand. */
async function findShown(id: string, { caller, ports }: Context): Promise<Stored<Group>> {
  const found = await findGroup(id, ports);
  if (found !== undefined && (isStageSegment(id) || isInScope(caller, found.definition))) return found;
  throw notFound('UNKNOWN_SEGMENT', 'no segment has this id');
}
