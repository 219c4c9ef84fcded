import { identifierOf, identityRow } from '#shared/identity/identifier.ts';
import { identityRules } from '#shared/identity/rules.ts';
import { IdentitySettings } from '#shared/identity/settings.ts';
import type { Person } from '#shared/profiles/activity.ts';
import { findOwners } from '#shared/profiles/kin.ts';
import { type Context, entitiesOf, isTheirs } from './find-person.ts';
import type { IdentityView } from './identity-view.ts';

/** Of one person: who has more names only the strongest of them. */
const MAX_IDENTIFIERS = 50;

/**
 * The people whom other companies know by the same identifiers: two are joined only where the pair of
 * companies is authorised, and their events never look at each other, so it is looked for here, where
 * somebody asks.
 */
export async function keptApart(person: Person, { caller, ports }: Context): Promise<IdentityView['apart']> {
  const { identifiers, entities } = person.profile;
  const keys = Object.keys(identifiers).slice(0, MAX_IDENTIFIERS);
  const others = (await entitiesOf(ports)).filter((entity) => !Object.hasOwn(entities, entity));
  if (others.length === 0) return [];
  const rows = others.flatMap((entity) => keys.map((key) => identityRow(entity, key)));
  const settings = (await ports.identitySettings.find('identity'))?.definition;
  const { mayShare } = identityRules(settings ?? IdentitySettings.parse({}));
  const owners = await findOwners(rows, ports);
  return owners
    .filter((owner) => owner.pid !== person.pid && isTheirs(caller, owner))
    .map((owner) => {
      const theirs = Object.keys(owner.profile.entities);
      const mayBeOne = Object.keys(entities).every((ours) => theirs.every((other) => mayShare(ours, other)));
      return {
        pid: owner.pid,
        legalEntities: theirs,
        identifiers: keys.filter((key) => Object.hasOwn(owner.profile.identifiers, key)).map(identifierOf),
        because: mayBeOne ? ('not_seen_together' as const) : ('legal_entity' as const),
      };
    });
}
