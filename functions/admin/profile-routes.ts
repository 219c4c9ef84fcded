import * as z from 'zod';
import { Pid } from '#shared/events/event.ts';
import { identifierKey } from '#shared/identity/identifier.ts';
import { parseIdentifier } from '#shared/identity/normal-form.ts';
import { RequestError } from '#shared/kernel/errors.ts';
import { own } from '#shared/kernel/own.ts';
import type { Person } from '#shared/profiles/activity.ts';
import { type AdminRoute, adminRoute } from './admin-route.ts';
import { type Caller, isInScope } from './caller.ts';
import { Cursor, decodeCursor, encodeCursor, limit } from './cursor.ts';
import type { AdminPorts } from './ports.ts';
import { notFound } from './problems.ts';
import { EventView, ProfileView, SegmentMembership, viewEvent, viewProfile } from './profile-view.ts';

interface Context {
  readonly caller: Caller;
  readonly ports: AdminPorts;
}

const OfPerson = z.object({
  identifier: z
    .string()
    .min(1)
    .max(500)
    .describe('email:ada@example.com, userId:…, phone:…, anonymousId:… or pid:…'),
});

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
    problems: [404],
    input: z.object({ parameters: OfPerson }),
    answer: ProfileView,
    async handle({ parameters }, context) {
      const person = await findPerson(parameters.identifier, context);
      return viewProfile(person, await segmentsOf(person, context));
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
    problems: [404],
    input: z.object({
      parameters: OfPerson,
      query: z.object({ limit: limit(50, 500), cursor: Cursor.optional() }),
    }),
    answer: z.strictObject({
      events: z.array(EventView),
      recent: z
        .array(z.strictObject({ name: z.string(), at: z.iso.datetime() }))
        .describe('the last few, also of people whose timeline is not kept'),
      next: Cursor.optional(),
    }),
    async handle({ parameters, query }, context) {
      const before = query.cursor === undefined ? undefined : decodeCursor(query.cursor, Place);
      const person = await findPerson(parameters.identifier, context);
      const { events, next } = await context.ports.timeline.newest(
        [person.pid, ...Object.keys(person.profile.absorbed).map((pid) => Pid.parse(pid))],
        { before, limit: query.limit },
      );
      return {
        events: events.map(viewEvent),
        recent: viewProfile(person, []).recent,
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
    problems: [404],
    input: z.object({ parameters: OfPerson }),
    answer: z.strictObject({ segments: z.array(SegmentMembership) }),
    async handle({ parameters }, context) {
      const person = await findPerson(parameters.identifier, context);
      return { segments: [...(await segmentsOf(person, context))] };
    },
  }),
];

/**
 * Finds a person by an identifier in any spelling, merges followed; read consistently, so that who
 * has just sent an event sees it.
 */
async function findPerson(identifier: string, { caller, ports }: Context): Promise<Person> {
  const pid = identifier.startsWith('pid:')
    ? Pid.safeParse(identifier.slice(4)).data
    : await ownerOf(identifier, ports);
  const person = pid && (await ports.people.findMany([pid], { consistent: true })).get(pid);
  if (person === undefined || !isInScope(caller, scopeOf(person))) {
    throw notFound('UNKNOWN_PROFILE', 'nobody has this identifier');
  }
  return person;
}

async function ownerOf(text: string, { identities }: AdminPorts): Promise<Pid | undefined> {
  const identifier = parseIdentifier(text);
  if (identifier === undefined) {
    throw new RequestError({
      status: 400,
      code: 'INVALID_IDENTIFIER',
      message:
        'not an identifier: email:<address>, phone:<number with its country code>, userId:<id>, ' +
        'anonymousId:<id> or pid:<id> is expected',
    });
  }
  const key = identifierKey(identifier);
  return (await identities.owners([key], { consistent: true })).get(key);
}

const scopeOf = ({ profile }: Person) => ({ market: profile.market?.value, brand: profile.brand?.value });

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
