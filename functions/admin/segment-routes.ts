import * as z from 'zod';
import { Position } from '#functions/runs/audience.ts';
import { pathOf } from '#functions/runtime/json-body.ts';
import { Pid } from '#shared/events/event.ts';
import { RequestError } from '#shared/kernel/errors.ts';
import { SIZES_KEPT_DAYS } from '#shared/kernel/kept-days.ts';
import { findGroup } from '#shared/segments/group.ts';
import { isStageSegment, stageSegments } from '#shared/segments/lifecycle.ts';
import { computedTraitsOf, faultsOfReferences, segmentsOf } from '#shared/segments/references.ts';
import { Segment } from '#shared/segments/segment.ts';
import { type AdminRoute, adminRoute } from './admin-route.ts';
import { type Caller, isInScope } from './caller.ts';
import { Cursor, decodeCursor, encodeCursor, limit } from './cursor.ts';
import { type DefinitionKind, definitionRoutes, findInScope, OfDefinition } from './definition-routes.ts';
import type { AdminPorts } from './ports.ts';

export const SEGMENTS = { kind: 'segment', repository: (ports: AdminPorts) => ports.segments } as const;

export const SEGMENT_KIND: DefinitionKind<Segment> = {
  ...SEGMENTS,
  schema: Segment,
  ofPeople: true,
  editor: 'marketer',
  async beforePut(segment, context) {
    refuseStageId(segment);
    await refuseReferences(segment, context);
  },
  beforeRemove: refuseInUse,
};

/** What may be asked of stages of the life cycle too, which are segments of everybody. */
const GROUPS = {
  kind: 'segment',
  repository: (ports: AdminPorts) => ({ find: (id: string) => findGroup(id, ports) }),
} as const;

export const SEGMENT_ROUTES: readonly AdminRoute[] = [
  ...definitionRoutes(SEGMENT_KIND),

  adminRoute({
    method: 'GET',
    path: '/v1/segments/{id}/members',
    operationId: 'listSegmentMembers',
    summary: 'The people in a segment, in no order that means anything',
    role: 'viewer',
    resource: 'segment',
    status: 200,
    problems: [404],
    input: z.object({
      parameters: OfDefinition,
      query: z.object({ limit: limit(100, 1000), cursor: Cursor.optional() }),
    }),
    answer: z.strictObject({ members: z.array(Pid), next: Cursor.optional() }),
    async handle({ parameters: { id }, query }, context) {
      await findInScope(GROUPS, id, context);
      const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor, Position);
      const found = await context.ports.audience.membersAfter(id, { after, limit: query.limit });
      const last = found.length < query.limit ? undefined : found.at(-1);
      return {
        members: found.map(({ pid }) => pid),
        ...(last !== undefined && { next: encodeCursor(last) }),
      };
    },
  }),

  adminRoute({
    method: 'GET',
    path: '/v1/segments/{id}/size',
    operationId: 'getSegmentSize',
    summary: 'How many people are in a segment, counted',
    role: 'viewer',
    resource: 'segment',
    status: 200,
    problems: [404],
    input: z.object({ parameters: OfDefinition }),
    answer: z.strictObject({ size: z.int().nonnegative() }),
    async handle({ parameters: { id } }, context) {
      await findInScope(GROUPS, id, context);
      return { size: await context.ports.rows.size(id) };
    },
  }),

  adminRoute({
    method: 'GET',
    path: '/v1/segments/{id}/history',
    operationId: 'getSegmentHistory',
    summary:
      'How many people were in a segment, day by day, latest first, as runs over everybody counted them',
    role: 'viewer',
    resource: 'segment',
    status: 200,
    problems: [404],
    input: z.object({ parameters: OfDefinition, query: z.object({ days: limit(30, SIZES_KEPT_DAYS) }) }),
    answer: z.strictObject({
      sizes: z.array(z.strictObject({ at: z.iso.datetime(), size: z.int().nonnegative() })),
    }),
    async handle({ parameters: { id }, query }, context) {
      await findInScope(GROUPS, id, context);
      const sizes = await context.ports.sizes.history(id, query.days);
      return { sizes: sizes.map(({ at, size }) => ({ at: new Date(at).toISOString(), size })) };
    },
  }),
];

/** What somebody may not see is not there for them. */
export async function refuseReferences(
  segment: Segment,
  { caller, ports }: { readonly caller: Caller; readonly ports: AdminPorts },
): Promise<void> {
  const { condition } = segment;
  if (segmentsOf(condition).length + computedTraitsOf(condition).length === 0) return;
  const [stored, lifecycle, traits] = await Promise.all([
    ports.segments.list(),
    ports.lifecycle.find('lifecycle'),
    ports.computedTraits.list(),
  ]);
  const stages = lifecycle === undefined ? [] : stageSegments(lifecycle.definition);
  const segments = [...stored.map(({ definition }) => definition), ...stages];
  const seen = segments.filter((other) => isStageSegment(other.id) || isInScope(caller, other));
  const computedTraits = traits.map(({ definition }) => definition.id);
  const faults = [
    ...faultsOfReferences(segment, { segments: seen, computedTraits }),
    ...faultsOfReferences(segment, { segments, computedTraits }),
  ];
  if (faults.length === 0) return;
  const details = faults.map(({ path, message }) => ({ path: pathOf(['body', ...path]), message }));
  throw new RequestError({
    status: 400,
    code: 'INVALID_REQUEST',
    message: 'the request is not valid',
    details: details.filter(({ path }, at) => details.findIndex((other) => other.path === path) === at),
  });
}

/** @throws {RequestError} 409 for a segment, or a stage, that others refer to, or exports or campaigns are for. */
export async function refuseInUse(id: string, ports: AdminPorts): Promise<void> {
  const [segments, exports, campaigns] = await Promise.all([
    ports.segments.list(),
    ports.exports.list(),
    ports.campaigns.list(),
  ]);
  const users = [
    ...segments
      .map(({ definition }) => definition)
      .filter(({ condition }) => segmentsOf(condition).includes(id)),
    ...[...exports, ...campaigns].map(({ definition }) => definition).filter(({ segment }) => segment === id),
  ];
  if (users.length === 0) return;
  throw new RequestError({
    status: 409,
    code: 'SEGMENT_IN_USE',
    message: `segments refer to this one, or exports or campaigns are for it: ${users.map((user) => user.id).join(', ')}`,
  });
}

function refuseStageId({ id }: Segment): void {
  if (!isStageSegment(id)) return;
  throw new RequestError({
    status: 400,
    code: 'INVALID_REQUEST',
    message: 'the request is not valid',
    details: [{ path: 'parameters.id', message: 'ids that begin so are those of stages of the life cycle' }],
  });
}
