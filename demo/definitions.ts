import type { AdminClient } from './admin-client.ts';

/** What a demo defines before its traffic is sent. */
export interface Definitions {
  /** By id; `everyone` is always there, to count people by. */
  readonly segments: Readonly<Record<string, { readonly name: string; readonly condition: unknown }>>;
  readonly export: { readonly id: string; readonly definition: unknown };
  readonly campaign?: { readonly id: string; readonly definition: unknown };
}

const ordered = (atLeast: number) => ({ event: { name: 'Order Completed', atLeast } });
const everyone = {
  name: 'Everyone',
  condition: { any: [{ identifier: { type: 'anonymousId' } }, { identifier: { type: 'userId' } }] },
};

const HTML = `<p>Hello{% if traits.city %} in {{ traits.city }}{% endif %},</p>
<p>the autumn collection is here: <a href="https://shop.example.com/autumn">have a look</a>.</p>
<p><a href="{{ unsubscribe_url }}" ses:no-track>Unsubscribe</a></p>`;

export const SHOP: Definitions = {
  segments: {
    everyone,
    customers: { name: 'Customers', condition: { identifier: { type: 'userId' } } },
    buyers: { name: 'Bought at least once', condition: ordered(1) },
    loyal: { name: 'Bought three times or more', condition: ordered(3) },
    newsletter: {
      name: 'Agreed to e-mail',
      condition: { consent: { channel: 'email', purpose: 'marketing', granted: true } },
    },
  },
  export: {
    id: 'buyers',
    definition: {
      name: 'Buyers',
      segment: 'buyers',
      columns: [
        'identifier:userId',
        'identifier:email',
        'trait:city',
        'event:Order Completed:count',
        'sum:total_spent:EUR',
      ],
      schedule: { expression: 'cron(0 6 * * ? *)', timezone: 'Europe/Paris' },
    },
  },
  campaign: {
    id: 'autumn',
    definition: {
      name: 'Autumn collection',
      segment: 'customers',
      channel: 'email',
      purpose: 'marketing',
      from: 'Shop <shop@example.com>',
      subject: 'The autumn collection is here',
      html: HTML,
    },
  },
};

export const PURCHASES: Definitions = {
  segments: { everyone, loyal: { name: 'Bought three times or more', condition: ordered(3) } },
  export: {
    id: 'loyal',
    definition: {
      name: 'Bought three times or more',
      segment: 'loyal',
      columns: [
        'identifier:userId',
        'event:Order Completed:count',
        'event:Order Completed:last',
        'sum:total_spent:USD',
      ],
    },
  },
};

export async function define(admin: AdminClient, definitions: Definitions): Promise<void> {
  for (const [id, segment] of Object.entries(definitions.segments))
    await admin.put(`/segments/${id}`, segment);
  await admin.put(`/exports/${definitions.export.id}`, definitions.export.definition);
  const { campaign } = definitions;
  if (campaign !== undefined) await admin.put(`/campaigns/${campaign.id}`, campaign.definition);
}
