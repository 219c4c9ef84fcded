import * as z from 'zod';
import { own } from '#shared/kernel/own.ts';
import type { Person } from '#shared/profiles/activity.ts';
import { absorbedBy } from '#shared/profiles/profile.ts';
import { type AdminRoute, adminRoute } from './admin-route.ts';
import { isInScope } from './caller.ts';
import { Cursor, decodeCursor, encodeCursor, limit } from './cursor.ts';
import { AsCustomerOf, type Context, findPerson, OfPerson } from './find-person.ts';
import {
  EventView,
  ProfileView,
  RecentEvent,
  SegmentMembership,
  viewEvent,
  viewProfile,
  viewRecent,
} from './profile-view.ts';

/** Where a page of events begins. */
const Place = z
  .string()
  .regex(/^event#[ -~]*$/)
  .max(300);

export const PROFILE_ROUTES: readonly AdminRoute[] = [
  adminRoute({
    method: 'GET',
    path: '/v1/profiles/{identifier}',
    operationId: 'getProfile',
    summary: 'Who a person is, by any of their identifiers',
    role: 'viewer',
    resource: 'profile',
    status: 200,
    problems: [404, 409],
    input: z.object({ parameters: OfPerson, query: AsCustomerOf }),
    answer: ProfileView,
    async handle({ parameters, query }, context) {
      const person = await findPerson(parameters.identifier, query, context);
      const { definitions, now } = context.ports;
      const [segments, { traits, computed }, lifecycle] = await Promise.all([
        segmentsOf(person, context),
        definitions.current(person.activity.definitionsVersion),
        context.ports.lifecycle.find('lifecycle'),
      ]);
      return viewProfile(person, {
        segments,
        traits,
        computed,
        lifecycle: lifecycle?.definition,
        at: now(),
      });
    },
  }),

  adminRoute({
    method: 'GET',
    path: '/v1/profiles/{identifier}/events',
    operationId: 'listProfileEvents',
    summary: 'What a person did, newest first, with what those did who turned out to be them',
    role: 'viewer',
    resource: 'profile',
    status: 200,
    problems: [404, 409],
    input: z.object({
      parameters: OfPerson,
      query: z.object({ ...AsCustomerOf.shape, limit: limit(50, 500), cursor: Cursor.optional() }),
    }),
    answer: z.strictObject({
      events: z.array(EventView),
      recent: z.array(RecentEvent).describe('the last few, also of people whose timeline is not kept'),
      next: Cursor.optional(),
    }),
    async handle({ parameters, query }, context) {
      const before = query.cursor === undefined ? undefined : decodeCursor(query.cursor, Place);
      const person = await findPerson(parameters.identifier, query, context);
      const { events, next } = await context.ports.timeline.newest(
        [person.pid, ...absorbedBy(person.profile)],
        { before, limit: query.limit },
      );
      return {
        events: events.map(viewEvent),
        recent: viewRecent(person),
        ...(next !== undefined && { next: encodeCursor(next) }),
      };
    },
  }),

  adminRoute({
    method: 'GET',
    path: '/v1/profiles/{identifier}/segments',
    operationId: 'listProfileSegments',
    summary: 'The segments that a person is in, and since when',
    role: 'viewer',
    resource: 'profile',
    status: 200,
    problems: [404, 409],
    input: z.object({ parameters: OfPerson, query: AsCustomerOf }),
    answer: z.strictObject({ segments: z.array(SegmentMembership) }),
    async handle({ parameters, query }, context) {
      const person = await findPerson(parameters.identifier, query, context);
      return { segments: [...(await segmentsOf(person, context))] };
    },
  }),
];

async function segmentsOf(
  { activity }: Person,
  { caller, ports }: Context,
): Promise<readonly SegmentMembership[]> {
  const defined = (await ports.segments.list()).filter(({ definition }) => isInScope(caller, definition));
  return defined.flatMap(({ definition: { id, name } }) => {
    const since = own(activity.segments, id);
    return since === undefined ? [] : [{ id, name, since: new Date(since).toISOString() }];
  });
}
