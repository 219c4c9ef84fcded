import * as z from 'zod';
import { type AdminClient, adminClient, type Profile } from '#demo/admin-client.ts';
import { eventually } from '#demo/settle.ts';
import { LOCAL_WRITE_KEY } from '#local/local-source.ts';
import type { StackProcess } from './stack-process.ts';

/** A template that holds what tests look for: a trait, a link, a way out, and a script that nobody should run. */
const HTML = `<h1>Hello {{ traits.first_name }}</h1>
<p>The autumn collection is here: <a href="https://shop.example.com/autumn">have a look</a>.</p>
<p><a href="{{ unsubscribe_url }}" ses:no-track>Unsubscribe</a></p>
<p id="mark">as sent</p><script>document.getElementById('mark').textContent = 'run'</script>`;

export interface Recipient {
  readonly email: string;
  readonly firstName: string;
}

/** A campaign as its sender and its readers can follow it. */
export interface CampaignRun {
  readonly sent: number;
  readonly profileOf: (email: string) => Promise<Profile | undefined>;
  /** Waits until the event is on the profile of this address. */
  readonly cameBack: (email: string, event: string) => Promise<Profile>;
}

/** Makes people who agreed to mail, and runs a campaign to them: all by the stack's own APIs. */
export async function runCampaign(
  recipients: readonly Recipient[],
  stack: Pick<StackProcess, 'urls' | 'adminToken'>,
): Promise<CampaignRun> {
  const admin = adminClient(stack.urls.admin, stack.adminToken);
  const condition = { consent: { channel: 'email', purpose: 'marketing', granted: true } };
  await admin.put('/segments/readers', { name: 'Readers', condition });
  await admin.put('/campaigns/autumn', {
    name: 'Autumn collection',
    segment: 'readers',
    channel: 'email',
    purpose: 'marketing',
    from: 'Shop <shop@example.com>',
    subject: 'Autumn for {{ traits.first_name }}',
    html: HTML,
  });
  await identify(recipients, stack);
  await eventually(
    'the size of the segment',
    () => admin.segmentSize('readers'),
    (size) => size === recipients.length,
  );
  const { sent } = await admin.run('/campaigns/autumn', z.object({ sent: z.int() }));
  const profileOf: CampaignRun['profileOf'] = (email) => admin.profile(`email:${email}`);
  return { sent, profileOf, cameBack: (email, event) => cameBack({ email, event }, profileOf) };
}

async function identify(
  recipients: readonly Recipient[],
  { urls }: Pick<StackProcess, 'urls'>,
): Promise<void> {
  const batch = recipients.map(({ email, firstName }) => ({
    type: 'identify',
    messageId: `signed-up-${email}`,
    userId: email,
    traits: { email, first_name: firstName },
    context: { messaging_subscriptions: [{ key: email, type: 'EMAIL', status: 'SUBSCRIBED' }] },
  }));
  const reply = await fetch(`${urls.collect}/v1/batch`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${LOCAL_WRITE_KEY}:`)}`, 'content-type': 'application/json' },
    body: JSON.stringify({ batch }),
  });
  if (!reply.ok) throw new Error(`the Collect API answered ${reply.status}: ${await reply.text()}`);
}

async function cameBack(
  { email, event }: { readonly email: string; readonly event: string },
  profileOf: (email: string) => ReturnType<AdminClient['profile']>,
): Promise<Profile> {
  const profile = await eventually(
    `“${event}” of ${email}`,
    () => profileOf(email),
    (found) => (found?.events[event]?.count ?? 0) > 0,
  );
  if (profile === undefined) throw new Error(`nobody has the address ${email}`);
  return profile;
}
