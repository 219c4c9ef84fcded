import * as z from 'zod';
import { LegalEntity } from '#shared/events/stream-record.ts';
import { ExternalType, IdentifierType, NamedType } from './identifier.ts';
import { normalIdentifier } from './normal-form.ts';

/** Stands for each external id that is not named itself. */
const AnyExternal = z.literal('externalId');

/** Strongest first. A browser's id goes before the device's, since `reset()` renews the one alone. */
export const DEFAULT_PRIORITY = [
  'userId',
  'externalId',
  'email',
  'phone',
  'anonymousId',
  'deviceId',
] as const satisfies readonly (NamedType | 'externalId')[];

const Priority = z
  .array(z.union([IdentifierType, AnyExternal]))
  .max(50)
  .refine(([first = 'userId']) => first === 'userId', 'userId comes first')
  .refine((types) => new Set(types).size === types.length, 'each type once');

/**
 * How people are recognised. Everything has a default, which counts until somebody puts settings; those
 * count for what comes from then on, and change nobody who is known already.
 */
export const IdentitySettings = z.strictObject({
  /** Strongest first. What is left out comes after, in the order of the default. */
  priority: Priority.default([...DEFAULT_PRIORITY]),
  /** How many of a type one person may have. A second user id is always another person. */
  limits: z
    .partialRecord(
      z.union([NamedType.exclude(['userId']), ExternalType, AnyExternal]),
      z.int().min(1).max(1_000),
    )
    .default({}),
  /** Types that are passed over. */
  ignored: z
    .array(z.union([NamedType.exclude(['userId', 'anonymousId']), ExternalType, AnyExternal]))
    .max(50)
    .default(['deviceId']),
  /** Types that are shown and written to, and recognise nobody: the one address of a household. */
  contactOnly: z
    .array(NamedType.extract(['email', 'phone']))
    .max(2)
    .default([]),
  /** Whether addresses that a provider delivers to one mailbox are one: `a.da+shop@gmail.com` and `ada@gmail.com`. */
  emailProviderRules: z.boolean().default(false),
  /** Values that identify nobody here, besides those that identify nobody anywhere. */
  blocked: z
    .array(z.strictObject({ type: IdentifierType, value: z.string().min(1).max(400) }))
    .max(1_000)
    .default([]),
  /** Pairs of legal entities that may know somebody as one person. No other two do. */
  authorised: z
    .array(z.tuple([LegalEntity, LegalEntity]))
    .max(100)
    .default([]),
});
export type IdentitySettings = z.infer<typeof IdentitySettings>;

/**
 * Settings as somebody may put them: a blocked value that could be in no event is a mistake. What is
 * stored is not held to it, since events wait for settings that cannot be read.
 */
export const PutIdentitySettings = IdentitySettings.superRefine(({ blocked }, context) => {
  blocked.forEach(({ type, value }, n) => {
    if (normalIdentifier(type, value) !== undefined) return;
    const message = 'no value of its type that would count; a phone number needs its country code';
    context.addIssue({ code: 'custom', path: ['blocked', n, 'value'], message });
  });
});

/** The settings as the catalog keeps them, among definitions that each have an id. */
export const StoredIdentitySettings = IdentitySettings.extend({ id: z.literal('identity') });
export type StoredIdentitySettings = z.infer<typeof StoredIdentitySettings>;
