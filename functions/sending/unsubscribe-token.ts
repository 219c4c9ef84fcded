import { errors, jwtVerify, SignJWT } from 'jose';
import * as z from 'zod';
import type { SigningSecret } from '#functions/adapters/secrets/signing-secret.ts';
import { Channel, Purpose } from '#shared/consent/consent.ts';
import { type EpochMs, Pid } from '#shared/events/event.ts';
import type { UnsubscribeClaims } from '#shared/sending/send-to-person.ts';

/** The audience of the token: the same key may sign other links later, which must not pass for these. */
const AUDIENCE = 'unsubscribe';
const ALGORITHM = 'HS256';

/**
 * How long a link in a mail works. The law asks for a month or so; mail is kept for years, and a link
 * that no longer works teaches people to press the spam button. docs/guides/campaigns.md
 */
export const LINK_DAYS = 730;

const Claims = z.object({
  sub: Pid,
  contact: z.string().min(1).max(64),
  run: z.string().min(1),
  campaign: z.string().min(1),
  channel: Channel,
  purpose: Purpose,
});

/** Writes the token of an unsubscribe link: it names a person by pid, and nothing personal. */
export async function signUnsubscribe(
  { pid, ...claims }: UnsubscribeClaims,
  { secret, now }: { readonly secret: SigningSecret; readonly now: EpochMs },
): Promise<string> {
  const seconds = Math.floor(now / 1000);
  return new SignJWT(claims)
    .setProtectedHeader({ alg: ALGORITHM })
    .setSubject(pid)
    .setAudience(AUDIENCE)
    .setExpirationTime(seconds + LINK_DAYS * 86_400)
    .sign(await secret());
}

/** Reads a token that {@link signUnsubscribe} wrote; `undefined` for any other, and for one expired. */
export async function readUnsubscribe(
  token: string,
  { secret, now }: { readonly secret: SigningSecret; readonly now: EpochMs },
): Promise<z.infer<typeof Claims> | undefined> {
  const key = await secret();
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: [ALGORITHM],
      audience: AUDIENCE,
      currentDate: new Date(now),
      requiredClaims: ['exp'],
    });
    return Claims.parse(payload);
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof z.ZodError) return undefined;
    throw error;
  }
}
