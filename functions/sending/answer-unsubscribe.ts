import type { EventsStream } from '#functions/adapters/kinesis/events-stream.ts';
import type { SigningSecret } from '#functions/adapters/secrets/signing-secret.ts';
import { isRetryable } from '#functions/runtime/fault.ts';
import type { HttpAnswer, HttpRequest } from '#functions/runtime/http.ts';
import { type EmailEventName, UNSUBSCRIBE_SOURCE } from '#shared/events/email-events.ts';
import { confirmPage, donePage, invalidPage, unavailablePage } from './unsubscribe-page.ts';
import { readUnsubscribe } from './unsubscribe-token.ts';

export interface UnsubscribePorts {
  readonly secret: SigningSecret;
  readonly stream: EventsStream;
  readonly newId: () => string;
}

const UNSUBSCRIBED = 'Unsubscribed' satisfies EmailEventName;

/** Follows an unsubscribe link: asks whether it is meant, and changes nothing. */
export async function askUnsubscribe(
  { pathParameters, receivedAt }: HttpRequest,
  { secret }: UnsubscribePorts,
): Promise<HttpAnswer> {
  const claims = await readUnsubscribe(pathParameters.token ?? '', { secret, now: receivedAt });
  return claims === undefined ? invalidPage() : confirmPage(claims.purpose);
}

/**
 * Unsubscribes, by a mail client's one click or by the page's button; the token is all the proof.
 *
 * It puts an event on the stream like any other, addressed to the person by pid, with our time: then
 * no clock of theirs can put it before an older consent. Done again it says the same again, with an
 * id of its own, since they may have subscribed in between.
 */
export async function doUnsubscribe(
  { pathParameters, receivedAt }: HttpRequest,
  { secret, stream, newId }: UnsubscribePorts,
): Promise<HttpAnswer> {
  const claims = await readUnsubscribe(pathParameters.token ?? '', { secret, now: receivedAt });
  if (claims === undefined) return invalidPage();
  const { sub: pid, contact, run, campaign, channel, purpose } = claims;
  const event = {
    type: 'track' as const,
    messageId: newId(),
    timestamp: receivedAt,
    originalTimestamp: receivedAt,
    event: UNSUBSCRIBED,
    properties: { campaign_id: campaign, run_id: run, contact_id: contact, channel, purpose },
  };
  try {
    await stream.put([
      {
        partitionKey: `pid#${pid}`,
        record: {
          v: 1,
          source: { id: UNSUBSCRIBE_SOURCE },
          receivedAt,
          person: { pid, contact },
          events: [event],
        },
      },
    ]);
  } catch (fault) {
    if (isRetryable(fault)) return unavailablePage();
    throw fault;
  }
  return donePage(purpose);
}
