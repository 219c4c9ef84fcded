import * as z from 'zod';
import { Purpose } from '#shared/consent/consent.ts';
import { isDangerousKey } from '#shared/events/tidy.ts';
import { externalIds } from '#shared/identity/external-ids.ts';
import { DEFAULT_IDENTITY } from '#shared/identity/rules.ts';
import { TraitName } from '#shared/traits/trait-definition.ts';

/** Where a column's values go that has one place in an event. */
const FIELDS = ['userId', 'anonymousId', 'groupId', 'email', 'phone', 'timestamp', 'event'] as const;
type Field = (typeof FIELDS)[number];

/** What a column is for. */
export type ParsedTarget =
  | { readonly kind: Field }
  | { readonly kind: 'externalId' | 'trait' | 'property'; readonly name: string }
  | { readonly kind: 'consent'; readonly channel: 'email' | 'sms'; readonly purpose: Purpose };

/**
 * Reads `userId`, `externalId:loyalty_card`, `trait:firstName`, `property:total`, `consent:email/newsletter`;
 * `undefined` for anything else.
 */
export function parseTarget(text: string): ParsedTarget | undefined {
  const at = text.indexOf(':');
  if (at === -1) {
    const kind = FIELDS.find((field) => field === text);
    return kind === undefined ? undefined : { kind };
  }
  const [kind, name] = [text.slice(0, at), text.slice(at + 1)];
  if (kind === 'externalId' && isExternalName(name)) return { kind, name };
  if (kind === 'trait' && TraitName.safeParse(name).success) return { kind, name };
  if (kind === 'property' && isPropertyName(name)) return { kind, name };
  if (kind === 'consent') return consentOf(name);
  return undefined;
}

/** A channel of which a call can state a consent, and a purpose. */
function consentOf(name: string): ParsedTarget | undefined {
  const [, channel, purpose] = /^(email|sms)\/(.+)$/.exec(name) ?? [];
  if ((channel !== 'email' && channel !== 'sms') || !Purpose.safeParse(purpose).success) return undefined;
  return { kind: 'consent', channel, purpose: Purpose.parse(purpose) };
}

/** A name that recognition takes as one of an external id: not `user_id`, which has a field of its own. */
const isExternalName = (name: string): boolean =>
  externalIds([{ id: 'x1', type: name }], { identity: DEFAULT_IDENTITY }).some(
    ({ type }) => type === `externalId:${name}`,
  );

const isPropertyName = (name: string): boolean =>
  name.trim() === name &&
  name.length > 0 &&
  name.length <= 100 &&
  name.isWellFormed() &&
  !isDangerousKey(name) &&
  !(name in Object.prototype);

/** What of an event a column fills. */
export const Target = z
  .string()
  .refine(
    (text) => parseTarget(text) !== undefined,
    `${FIELDS.join(', ')}, externalId:<type>, trait:<name>, property:<name> or consent:<email or sms>/<purpose>`,
  );
export type Target = z.infer<typeof Target>;

/** Whether a target names whom a row is about. */
export const isIdentifier = ({ kind }: ParsedTarget): boolean =>
  kind === 'userId' ||
  kind === 'anonymousId' ||
  kind === 'email' ||
  kind === 'phone' ||
  kind === 'externalId';
