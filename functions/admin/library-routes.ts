import * as z from 'zod';
import { validate } from '#functions/runtime/json-body.ts';
import { RequestError } from '#shared/kernel/errors.ts';
import { Condition } from '#shared/segments/condition.ts';
import { LIBRARY, type ReadySegment } from '#shared/segments/library.ts';
import { sayCondition } from '#shared/segments/say-condition.ts';
import { Segment } from '#shared/segments/segment.ts';
import { Slug } from '#shared/sources/source.ts';
import { type AdminRoute, adminRoute } from './admin-route.ts';
import { putDefinition, storedView, viewStored } from './definition-routes.ts';
import { notFound } from './problems.ts';
import { SEGMENT_KIND } from './segment-routes.ts';

const ReadyView = z.strictObject({
  id: Slug,
  name: z.string(),
  about: z.string(),
  parameters: z
    .record(z.string(), z.unknown())
    .describe('what can be chosen, as a JSON Schema with defaults'),
  condition: Condition.describe('with the parameters that it has by default'),
  text: z.string().describe('the same in words'),
});

/** What of a segment is chosen; the rest is the definition's. */
const Chosen = z.strictObject({
  id: Slug.optional().describe('of the segment; that of the definition where it is left out'),
  name: Segment.shape.name.optional(),
  parameters: z.record(z.string(), z.unknown()).default({}),
  market: Segment.shape.market,
  brand: Segment.shape.brand,
});

export const LIBRARY_ROUTES: readonly AdminRoute[] = [
  adminRoute({
    method: 'GET',
    path: '/v1/library',
    operationId: 'listLibrary',
    summary: 'Definitions of segments that are ready to be used, with what can be chosen',
    role: 'viewer',
    resource: 'segment',
    status: 200,
    problems: [],
    input: z.object({}),
    answer: z.strictObject({ items: z.array(ReadyView) }),
    handle: async () => ({ items: LIBRARY.map(viewReady) }),
  }),

  adminRoute({
    method: 'POST',
    path: '/v1/library/{id}',
    operationId: 'useLibrary',
    summary: 'Makes a segment out of a ready definition',
    role: 'marketer',
    resource: 'segment',
    status: 200,
    problems: [404, 409, 413],
    input: z.object({ parameters: z.object({ id: Slug }), body: Chosen }),
    answer: storedView(Segment),
    async handle({ parameters, body }, context) {
      const ready = LIBRARY.find(({ id }) => id === parameters.id);
      if (ready === undefined) throw notFound('UNKNOWN_READY_SEGMENT', 'no ready definition has this id');
      const { caller, ports } = context;
      const id = body.id ?? ready.id;
      if ((await ports.segments.find(id)) !== undefined) throw isTaken(id);
      const segment = {
        id,
        name: body.name ?? ready.name,
        condition: conditionOf(ready, body.parameters),
        market: body.market ?? caller.market,
        brand: body.brand ?? caller.brand,
      };
      return viewStored(await putDefinition(SEGMENT_KIND, Segment.parse(segment), context));
    },
  }),
];

const viewReady = ({
  id,
  name,
  about,
  parameters,
  conditionOf: make,
}: ReadySegment): z.input<typeof ReadyView> => {
  const condition = make({});
  const { $schema: _, ...schema } = z.toJSONSchema(parameters, { io: 'input' });
  return { id, name, about, parameters: schema, condition, text: sayCondition(condition) };
};

/** @throws {RequestError} 400 that names the parameter at fault, and what is allowed there. */
function conditionOf({ parameters: schema, conditionOf: make }: ReadySegment, given: unknown): Condition {
  const request = z.object({ body: z.object({ parameters: schema }) });
  return make(validate({ body: { parameters: given } }, request).body.parameters);
}

const isTaken = (id: string): RequestError =>
  new RequestError({
    status: 409,
    code: 'SEGMENT_EXISTS',
    message: `there is a segment ${id}: choose another id for this one, or PUT that one`,
  });
