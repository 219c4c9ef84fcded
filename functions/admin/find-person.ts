import * as z from 'zod';
import { Pid } from '#shared/events/event.ts';
import { LegalEntity } from '#shared/events/stream-record.ts';
import { identifierKey, identityRow } from '#shared/identity/identifier.ts';
import { parseIdentifier } from '#shared/identity/normal-form.ts';
import { RequestError } from '#shared/kernel/errors.ts';
import type { Person } from '#shared/profiles/activity.ts';
import { findOwners } from '#shared/profiles/kin.ts';
import { type Caller, isInScope } from './caller.ts';
import type { AdminPorts } from './ports.ts';
import { notFound } from './problems.ts';

export interface Context {
  readonly caller: Caller;
  readonly ports: AdminPorts;
}

/** How a path names a person. */
export const OfPerson = z.object({
  identifier: z
    .string()
    .min(1)
    .max(500)
    .describe('email:ada@example.com, userId:…, phone:…, externalId:loyalty_card:…, anonymousId:… or pid:…'),
});

/** Whose customer is meant, where companies that may not share people know one identifier. */
export const AsCustomerOf = z.object({
  legalEntity: LegalEntity.optional().describe('without it, any of those that sources collect for'),
});

/**
 * Finds a person by an identifier in any spelling, merges followed; read consistently, so that who
 * has just sent an event sees it.
 *
 * @throws {RequestError} 404 for nobody in the caller's scope, 409 where several companies know
 * somebody by it and they are not one person.
 */
export async function findPerson(
  identifier: string,
  query: z.output<typeof AsCustomerOf>,
  context: Context,
): Promise<Person> {
  const { caller, ports } = context;
  const found = identifier.startsWith('pid:')
    ? await ofPid(identifier.slice('pid:'.length), ports)
    : await findOwners(await rowsOf(identifier, query, context), context.ports);
  const people = found.filter((person) => isTheirs(caller, person));
  const [person] = people;
  if (person === undefined) throw notFound('UNKNOWN_PROFILE', 'nobody has this identifier');
  if (people.length > 1) throw ambiguous(people);
  return person;
}

/**
 * The person that an identifier names, or where there is none, whose it was before they were erased.
 *
 * @throws {RequestError} 409 as {@link findPerson} does.
 */
export async function findPids(
  identifier: string,
  query: z.output<typeof AsCustomerOf>,
  context: Context,
): Promise<readonly Pid[]> {
  try {
    return [(await findPerson(identifier, query, context)).pid];
  } catch (fault) {
    if (!(fault instanceof RequestError) || fault.status !== 404) throw fault;
  }
  if (identifier.startsWith('pid:')) {
    const pid = Pid.safeParse(identifier.slice('pid:'.length));
    return pid.success ? [pid.data] : [];
  }
  const rows = await rowsOf(identifier, query, context);
  const owners = await context.ports.identities.owners(rows, { consistent: true });
  return [...new Set([...owners.values()].map(({ pid }) => pid))];
}

/** Whether somebody is of the caller's market and brand. */
export const isTheirs = (caller: Caller, { profile }: Person): boolean =>
  isInScope(caller, { market: profile.market?.value, brand: profile.brand?.value });

async function ofPid(text: string, { people }: AdminPorts): Promise<readonly Person[]> {
  const pid = Pid.safeParse(text);
  return pid.success ? [...(await people.findMany([pid.data], { consistent: true })).values()] : [];
}

/** The rows that an identifier may stand in, whatever its spelling. */
async function rowsOf(
  text: string,
  { legalEntity }: z.output<typeof AsCustomerOf>,
  { ports }: Context,
): Promise<readonly string[]> {
  const identifier = parseIdentifier(text, { emailProviderRules: await usesProviderRules(ports) });
  if (identifier === undefined) {
    throw new RequestError({
      status: 400,
      code: 'INVALID_IDENTIFIER',
      message:
        'not an identifier: email:<address>, phone:<number with its country code>, userId:<id>, ' +
        'externalId:<type>:<id>, anonymousId:<id>, deviceId:<id> or pid:<id> is expected',
    });
  }
  const entities = legalEntity === undefined ? await entitiesOf(ports) : [legalEntity];
  return entities.map((entity) => identityRow(entity, identifierKey(identifier)));
}

/** An address is looked for in the form that events of it were recognised by. */
const usesProviderRules = async ({ identitySettings }: AdminPorts): Promise<boolean> =>
  (await identitySettings.find('identity'))?.definition.emailProviderRules ?? false;

/** The companies that the stage collects for. */
export async function entitiesOf({ sources, workspace }: AdminPorts): Promise<readonly string[]> {
  const all = await sources.list();
  return [...new Set([workspace.legalEntity, ...all.map(({ definition }) => definition.legalEntity)])];
}

const ambiguous = (people: readonly Person[]): RequestError =>
  new RequestError({
    status: 409,
    code: 'SEVERAL_PEOPLE',
    message:
      `several people have this identifier, as customers of ${people.map(entitiesText).join(' and of ')}: ` +
      'name one with ?legalEntity=',
  });

const entitiesText = ({ profile }: Person): string => Object.keys(profile.entities).join(', ');
