import type { AdminClient } from './admin-client.ts';
import type { ExpectedPerson } from './traffic.ts';

/** A segment, with whom it must hold when all has arrived. */
interface DemoSegment {
  readonly name: string;
  readonly condition: unknown;
  readonly holds: (person: ExpectedPerson) => boolean;
}

/** What a demo defines before its traffic is sent. */
export interface Definitions {
  /** By id; `everyone` is always there, to count people by. */
  readonly segments: Readonly<Record<string, DemoSegment>>;
  readonly export: { readonly id: string; readonly definition: unknown };
  readonly campaign?: { readonly id: string; readonly definition: unknown };
}

const bought = (name: string, atLeast: number): DemoSegment => ({
  name,
  condition: { event: { name: 'Order Completed', atLeast } },
  holds: ({ orders }) => orders >= atLeast,
});
const everyone: DemoSegment = {
  name: 'Everyone',
  condition: { any: [{ identifier: { type: 'anonymousId' } }, { identifier: { type: 'userId' } }] },
  holds: () => true,
};

const HTML = `<p>Hello{% if traits.city %} in {{ traits.city }}{% endif %},</p>
<p>the autumn collection is here: <a href="https://shop.example.com/autumn">have a look</a>.</p>
<p><a href="{{ unsubscribe_url }}" ses:no-track>Unsubscribe</a></p>`;

export const SHOP: Definitions = {
  segments: {
    everyone,
    customers: {
      name: 'Customers',
      condition: { identifier: { type: 'userId' } },
      holds: ({ identifier }) => identifier.startsWith('userId:'),
    },
    buyers: bought('Bought at least once', 1),
    loyal: bought('Bought three times or more', 3),
    newsletter: {
      name: 'Agreed to e-mail',
      condition: { consent: { channel: 'email', purpose: 'marketing', granted: true } },
      holds: ({ subscribed }) => subscribed,
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
  segments: { everyone, loyal: bought('Bought three times or more', 3) },
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
  for (const [id, { name, condition }] of Object.entries(definitions.segments)) {
    await admin.put(`/segments/${id}`, { name, condition });
  }
  await admin.put(`/exports/${definitions.export.id}`, definitions.export.definition);
  const { campaign } = definitions;
  if (campaign !== undefined) await admin.put(`/campaigns/${campaign.id}`, campaign.definition);
}
