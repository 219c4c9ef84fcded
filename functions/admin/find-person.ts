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
  { legalEntity }: z.output<typeof AsCustomerOf>,
  { caller, ports }: Context,
): Promise<Person> {
  const found = identifier.startsWith('pid:')
    ? await ofPid(identifier.slice('pid:'.length), ports)
    : await ownersOf(identifier, legalEntity === undefined ? await entitiesOf(ports) : [legalEntity], ports);
  const people = found.filter((person) => isTheirs(caller, person));
  const [person] = people;
  if (person === undefined) throw notFound('UNKNOWN_PROFILE', 'nobody has this identifier');
  if (people.length > 1) throw ambiguous(people);
  return person;
}

/** Whether somebody is of the caller's market and brand. */
export const isTheirs = (caller: Caller, { profile }: Person): boolean =>
  isInScope(caller, { market: profile.market?.value, brand: profile.brand?.value });

async function ofPid(text: string, { people }: AdminPorts): Promise<readonly Person[]> {
  const pid = Pid.safeParse(text);
  return pid.success ? [...(await people.findMany([pid.data], { consistent: true })).values()] : [];
}

async function ownersOf(
  text: string,
  entities: readonly string[],
  ports: AdminPorts,
): Promise<readonly Person[]> {
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
  const rows = entities.map((entity) => identityRow(entity, identifierKey(identifier)));
  return findOwners(rows, ports);
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
