import * as z from 'zod';
import { unmergePair } from '#functions/profiles/unmerge-pair.ts';
import { mapConcurrently } from '#functions/runtime/concurrency.ts';
import { EpochMs, Pid } from '#shared/events/event.ts';
import { RequestError } from '#shared/kernel/errors.ts';
import type { Person } from '#shared/profiles/activity.ts';
import { type AdminRoute, adminRoute } from './admin-route.ts';
import { Cursor, decodeCursor, encodeCursor, limit } from './cursor.ts';
import { AsCustomerOf, type Context, findPerson, isTheirs, OfPerson } from './find-person.ts';
import { IdentityView, PartingView, viewIdentity, viewMerge, viewParting } from './identity-view.ts';
import { keptApart } from './kept-apart.ts';
import { notFound } from './problems.ts';

/** Where a page of merges begins: after one of them. */
const Place = z.strictObject({ at: EpochMs, pid: Pid });
type Place = z.infer<typeof Place>;

export const IDENTITY_ROUTES: readonly AdminRoute[] = [
  adminRoute({
    method: 'GET',
    path: '/v1/profiles/{identifier}/identity',
    operationId: 'explainIdentity',
    summary: 'How a person came to be one: what was linked, who was merged by which event, what was refused',
    role: 'viewer',
    resource: 'profile',
    status: 200,
    problems: [404, 409],
    input: z.object({
      parameters: OfPerson,
      query: AsCustomerOf.extend({ limit: limit(50, 200), cursor: Cursor.optional() }),
    }),
    answer: IdentityView,
    async handle({ parameters, query }, context) {
      const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor, Place);
      const person = await findPerson(parameters.identifier, query, context);
      const { places, next } = pageOf(person, { after, limit: query.limit });
      return {
        ...viewIdentity(person),
        merges: await mergesAt(places, context),
        parted: await partedFrom(person, context),
        apart: await keptApart(person, context),
        ...(next !== undefined && { next: encodeCursor(next) }),
      };
    },
  }),

  adminRoute({
    method: 'POST',
    path: '/v1/profiles/{identifier}/unmerge',
    operationId: 'unmergeProfile',
    summary: 'Sets somebody apart whom a person absorbed; the two are never merged again by themselves',
    role: 'admin',
    resource: 'profile',
    status: 200,
    problems: [404, 409],
    input: z.object({
      parameters: OfPerson,
      query: AsCustomerOf,
      body: z.strictObject({ pid: Pid.describe('whom they absorbed') }),
    }),
    answer: PartingView,
    async handle({ parameters, query, body }, context) {
      const { caller, ports } = context;
      const { pid } = await findPerson(parameters.identifier, query, context);
      const outcome = await unmergePair(
        { pid, absorbed: body.pid, by: caller.subject, isAllowed: (person) => isTheirs(caller, person) },
        ports,
      );
      if (outcome.kind === 'not_merged') {
        throw notFound('UNKNOWN_MERGE', 'this person has not absorbed anybody of this pid');
      }
      if (outcome.kind === 'nested') {
        throw new RequestError({
          status: 409,
          code: 'NESTED_MERGE',
          message: `that was a merge of somebody who was absorbed later: first set ${outcome.first} apart`,
        });
      }
      return viewParting(outcome.parting);
    },
  }),
];

/** Everybody whom a person absorbed, themselves or through others, the latest first. */
function pageOf(
  { profile }: Person,
  { after, limit: size }: { readonly after: Place | undefined; readonly limit: number },
): { readonly places: readonly Place[]; readonly next: Place | undefined } {
  const all = Object.entries(profile.absorbed)
    .map(([pid, at]): Place => ({ pid: Pid.parse(pid), at }))
    .sort(latestFirst);
  const rest = after === undefined ? all : all.filter((place) => latestFirst(after, place) < 0);
  return { places: rest.slice(0, size), next: rest.length > size ? rest[size - 1] : undefined };
}

const latestFirst = (a: Place, b: Place): number =>
  b.at - a.at || (a.pid < b.pid ? -1 : Number(a.pid > b.pid));

/** The merges by which these were absorbed: each lies with whoever did it, as their tombstone says. */
async function mergesAt(
  places: readonly Place[],
  { ports: { merges } }: Context,
): Promise<IdentityView['merges']> {
  const tombstones = await merges.tombstones(places.map(({ pid }) => pid));
  const wanted = places.flatMap(({ pid, at }) => {
    const winner = tombstones.get(pid)?.mergedInto;
    return winner === undefined ? [] : [{ winner, loser: pid, at }];
  });
  const logs = new Map((await merges.logs(wanted)).map((log) => [log.loser, log]));
  return places.flatMap(({ pid }) => {
    const log = logs.get(pid);
    return log === undefined ? [] : [viewMerge(log)];
  });
}

const AT_ONCE = 8;

/** The merges of theirs, or of whom they absorbed, that were undone. */
async function partedFrom(person: Person, { ports: { merges } }: Context): Promise<IdentityView['parted']> {
  const found = await mapConcurrently(Object.entries(person.profile.parted), AT_ONCE, async ([other, at]) => {
    const theirs = await merges.partingsOf(Pid.parse(other));
    return theirs.filter((parting) => parting.at === at);
  });
  const partings = found.flat().toSorted((a, b) => b.at - a.at);
  const wanted = partings.map(({ survivor, loser, mergedAt }) => ({ winner: survivor, loser, at: mergedAt }));
  const logs = new Map((await merges.logs(wanted)).map((log) => [`${log.winner} ${log.loser}`, log]));
  return partings.map((parting) => {
    const log = logs.get(`${parting.survivor} ${parting.loser}`);
    return { ...viewParting(parting), ...(log !== undefined && { merge: viewMerge(log) }) };
  });
}
