import * as z from 'zod';
import { previewSegment } from '#functions/evaluation/preview-segment.ts';
import { Pid } from '#shared/events/event.ts';
import { Segment } from '#shared/segments/segment.ts';
import { type AdminRoute, adminRoute } from './admin-route.ts';
import { isTheirs } from './find-person.ts';
import { refuseReferences } from './segment-routes.ts';

const Count = z.int().nonnegative();

/** A segment as it would be put; the id may be one that is there. */
const Previewed = Segment.omit({ name: true }).extend({ id: Segment.shape.id.default('previewed') });

export const PREVIEW_ROUTES: readonly AdminRoute[] = [
  adminRoute({
    method: 'POST',
    path: '/v1/segments/preview',
    operationId: 'previewSegment',
    summary: 'Who would be in a segment if it were defined so now, by a sample',
    role: 'viewer',
    resource: 'segment',
    status: 200,
    problems: [],
    input: z.object({ body: Previewed }),
    answer: z.strictObject({
      size: z.strictObject({
        size: Count,
        atLeast: Count.describe(
          'with `atMost`, the margin: the true size lies within it in 95 of 100 previews',
        ),
        atMost: Count,
        isExact: z.boolean().describe('whether everybody was looked at'),
      }),
      sampled: Count.describe('how many people were looked at'),
      examples: z.array(Pid).describe('some of who would be in it, at most ten'),
      counted: z
        .array(z.strictObject({ kind: z.string(), asks: z.unknown(), since: z.iso.datetime() }))
        .describe('the clauses that have not counted from the first day: what happened before is not seen'),
    }),
    async handle({ body }, context) {
      const segment = { ...body, name: body.id };
      await refuseReferences(segment, context);
      const { counted, examples, ...preview } = await previewSegment(
        segment,
        (person) => isTheirs(context.caller, person),
        context.ports,
      );
      return {
        ...preview,
        examples: [...examples],
        counted: counted.map(({ kind, asks, since }) => ({
          kind,
          asks,
          since: new Date(since).toISOString(),
        })),
      };
    },
  }),
];
