import * as z from 'zod';
import { Purpose } from '#shared/consent/consent.ts';
import type { ConsentChoice } from './normalise-event.ts';

const Status = z.enum(['SUBSCRIBED', 'UNSUBSCRIBED', 'DID_NOT_SUBSCRIBE']);

const Subscriptions = z.array(
  z.object({
    type: z.enum(['EMAIL', 'SMS']),
    status: Status,
    categories: z.array(z.object({ name: z.string(), status: Status })).optional(),
  }),
);

/**
 * What an identify call says about consent, in the form of Segment Engage's `messaging_subscriptions`:
 * a channel as a whole is consent to `marketing`, a category to the purpose of its name. To have not
 * subscribed is no answer either way. Entries of another form state nothing.
 */
export function readSubscriptions(
  context: Readonly<Record<string, unknown>> | undefined,
): readonly ConsentChoice[] {
  const given = context?.messaging_subscriptions;
  if (given === undefined) return [];
  const parsed = Subscriptions.safeParse(given);
  if (!parsed.success) return [];
  return parsed.data.flatMap(({ type, status, categories = [] }) => {
    const channel = type.toLowerCase();
    return [{ name: 'marketing', status }, ...categories].flatMap((choice) => {
      const purpose = Purpose.safeParse(choice.name.trim().toLowerCase().replaceAll(' ', '-'));
      if (!purpose.success || choice.status === 'DID_NOT_SUBSCRIBE') return [];
      const granted = choice.status === 'SUBSCRIBED';
      return [
        { key: `${channel}/${purpose.data}`, status: granted ? ('granted' as const) : ('denied' as const) },
      ];
    });
  });
}
