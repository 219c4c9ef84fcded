import { IDENTIFIER_LIMITS, identifierKey, isExternal, NamedType } from './identifier.ts';
import { normalIdentifier } from './normal-form.ts';
import { DEFAULT_PRIORITY, IdentitySettings } from './settings.ts';

/** A type that stands in a field of its own, and whether it recognises people or is a way to reach them. */
export interface NamedUse {
  readonly type: NamedType;
  readonly isContact: boolean;
}

/** The settings in the form that each event asks them in. */
export interface IdentityRules {
  /** Strongest first, less those that are passed over. */
  readonly named: readonly NamedUse[];
  /** Whether addresses that a provider delivers to one mailbox are one. */
  readonly emailProviderRules: boolean;
  /** Keys that identify nobody here. */
  readonly blocked: ReadonlySet<string>;
  readonly isIgnored: (type: string) => boolean;
  readonly isContact: (type: string) => boolean;
  /** Least for the strongest. */
  readonly rankOf: (type: string) => number;
  /** How many identifiers of a type one person may have. */
  readonly limitOf: (type: string) => number;
  /** The other legal entities that may know the same person as this one. */
  readonly partnersOf: (legalEntity: string) => readonly string[];
  /** Whether two legal entities may know the same person. */
  readonly mayShare: (a: string, b: string) => boolean;
}

/** Prepares settings, so that an event pays for none of their details that it does not meet. */
export function identityRules(settings: IdentitySettings): IdentityRules {
  const { contactOnly, ignored } = settings;
  const priority = [...new Set([...settings.priority, ...DEFAULT_PRIORITY])];
  const ranks = new Map<string, number>(priority.map((type, rank) => [type, rank]));
  const limits = new Map<string, number>(Object.entries({ ...IDENTIFIER_LIMITS, ...settings.limits }));
  const limitOfExternal = settings.limits.externalId ?? IDENTIFIER_LIMITS.externalId;
  const passedOver = new Set<string>(ignored);
  const contacts = new Set<string>(contactOnly);
  const partners = partnersIn(settings.authorised);
  const isIgnored = (type: string): boolean =>
    passedOver.has(type) || (isExternal(type) && passedOver.has('externalId'));

  return {
    named: priority
      .flatMap((type) => NamedType.safeParse(type).data ?? [])
      .filter((type) => !isIgnored(type))
      .map((type) => ({ type, isContact: contacts.has(type) })),
    emailProviderRules: settings.emailProviderRules,
    blocked: blockedKeys(settings),
    isIgnored,
    isContact: (type) => contacts.has(type),
    rankOf: (type) => ranks.get(type) ?? ranks.get('externalId') ?? priority.length,
    limitOf: (type) => limits.get(type) ?? limitOfExternal,
    partnersOf: (legalEntity) => partners.get(legalEntity) ?? NOBODY,
    mayShare: (a, b) => a === b || (partners.get(a)?.includes(b) ?? false),
  };
}

const NOBODY: readonly never[] = [];

function partnersIn(authorised: IdentitySettings['authorised']): ReadonlyMap<string, readonly string[]> {
  const both = authorised.flatMap(([a, b]) => [
    { of: a, partner: b },
    { of: b, partner: a },
  ]);
  const others = both.filter(({ of, partner }) => of !== partner);
  return new Map(
    [...Map.groupBy(others, ({ of }) => of)].map(([of, pairs]) => [
      of,
      [...new Set(pairs.map(({ partner }) => partner))].sort(),
    ]),
  );
}

/** As events carry them; one that is no value of its type can be in no event. */
const blockedKeys = ({ blocked, emailProviderRules }: IdentitySettings): ReadonlySet<string> =>
  new Set(
    blocked
      .map(({ type, value }) => normalIdentifier(type, value, { emailProviderRules }))
      .flatMap((identifier) => (identifier === undefined ? [] : [identifierKey(identifier)])),
  );

/** What counts until somebody puts settings. */
export const DEFAULT_IDENTITY: IdentityRules = identityRules(IdentitySettings.parse({}));
