import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import type { AdminClient } from './admin-client.ts';
import type { Definitions } from './definitions.ts';
import { ExportResult, readExport } from './export-file.ts';
import type { RunningStack } from './local-stack.ts';
import { progress, result, step } from './progress.ts';
import { react, readInbox } from './recipients.ts';
import { sendTraffic } from './send.ts';
import { eventually, type PersonTotals, readTotals, settle, type Totals } from './settle.ts';
import type { Traffic } from './traffic.ts';

const WRITE_KEY = 'local-write-key';
const LOOKS = 3;
const LOOK_AFTER_MS = 2_000;

interface Clients {
  readonly stack: RunningStack;
  readonly admin: AdminClient;
}

/** Sends the traffic, and fails unless every event was accepted. */
export async function sendAll({ calls, people }: Traffic, { collectUrl }: RunningStack): Promise<void> {
  step(`Sending ${calls.length} events of ${people.length} people with @segment/analytics-node`);
  const onProgress = progress('accepted', calls.length);
  const accepted = await sendTraffic(calls, { host: collectUrl, writeKey: WRITE_KEY, onProgress });
  if (accepted !== calls.length) throw new Error(`only ${accepted} of ${calls.length} events were accepted`);
  result('events accepted', accepted);
}

/** Waits for the profiles, and shows what they came to. */
export async function people(traffic: Traffic, { stack, admin }: Clients): Promise<Totals> {
  step('Profiles, each with its own events and no other');
  const onProgress = progress('profiles that have all their events', traffic.people.length);
  const totals = await settle(traffic, { stack, admin, onProgress });
  const sum = (of: (person: PersonTotals) => number) =>
    [...totals.values()].reduce((total, person) => total + of(person), 0);
  result('identifiers sent', traffic.identifiers);
  result('profiles they lead to', totals.size);
  result('identities joined', traffic.identifiers - totals.size);
  result(
    'events on profiles',
    sum(({ events }) => events),
  );
  result(`spent, ${traffic.currency}`, (sum(({ spent }) => spent) / 100).toFixed(2));
  return totals;
}

/** Sends the same again, which must change nothing. */
export async function sendAgain(
  { traffic, totals }: { readonly traffic: Traffic; readonly totals: Totals },
  { stack, admin }: Clients,
): Promise<void> {
  await sendAll(traffic, stack);
  // Nothing tells from outside that the stream is read to its end: several looks in a row must agree
  for (let look = 1; look <= LOOKS; look++) {
    await pause(LOOK_AFTER_MS);
    if (!isDeepStrictEqual(await readTotals(admin, stack), totals)) {
      throw new Error('the same file a second time changed profiles');
    }
  }
  result('sent a second time', 'nothing changed');
}

/** Shows how many people each segment holds, once its rows have followed the profiles. */
export async function segments(
  { people: sent }: Traffic,
  { segments: defined }: Definitions,
  { admin }: Clients,
): Promise<void> {
  step('Segments, kept as events arrive');
  for (const [id, { name, holds }] of Object.entries(defined)) {
    const expected = sent.filter(holds).length;
    const read = () => admin.segmentSize(id);
    result(
      name,
      await eventually(`the size of ${id}, which is ${expected}`, read, (size) => size === expected),
    );
  }
}

/** Runs an export and shows its file. */
export async function exportFile(id: string, { stack, admin }: Clients): Promise<void> {
  step(`Export “${id}”, by Step Functions to S3`);
  const run = await admin.run(`/exports/${id}`, ExportResult);
  const lines = await readExport(run, stack.awsUrl);
  if (lines.length !== run.rows + 1)
    throw new Error(`the file has ${lines.length - 1} rows, its manifest says ${run.rows}`);
  for (const { key } of run.parts) result('file', `s3://${run.bucket}/${key}`);
  result('rows', run.rows);
  for (const line of lines.slice(0, 4)) console.log(`    ${line.join(',')}`);
}

const CampaignResult = z.object({
  members: z.int(),
  sent: z.int(),
  excluded: z.record(z.string(), z.int()),
});

/** Runs a campaign, reads its mails as people do, and shows what that did to their profiles. */
export async function campaign(id: string, { stack, admin }: Clients): Promise<void> {
  step(`Campaign “${id}”, by Step Functions and SES`);
  const report = await admin.run(`/campaigns/${id}`, CampaignResult);
  const messages = await readInbox(stack.mailUrl);
  if (messages.length !== report.sent)
    throw new Error(`${messages.length} mails came of ${report.sent} sent`);
  result('people in the segment', report.members);
  result('e-mails sent', `${report.sent}, in the inbox at ${stack.mailUrl}`);
  for (const [reason, count] of Object.entries(report.excluded)) result(`left out: ${reason}`, count);

  step('What the readers did, back on their profiles');
  const { opened, clicked, unsubscribed, bounced, complained } = await react(messages, stack.mailUrl);
  const count = async (address: string, event: string): Promise<number> =>
    (await admin.profile(`email:${address}`))?.events[event]?.count ?? 0;
  const all = async (addresses: readonly string[], event: string): Promise<number> =>
    (await Promise.all(addresses.map((address) => count(address, event)))).filter((times) => times > 0)
      .length;
  const shown = async (label: string, addresses: readonly string[], event: string): Promise<void> => {
    const times = await eventually(
      `profiles with “${event}”`,
      () => all(addresses, event),
      (n) => n === addresses.length,
    );
    result(label, times);
  };
  await shown('profiles that opened', opened, 'Email Opened');
  await shown('profiles that clicked', clicked, 'Email Link Clicked');
  await shown('profiles that unsubscribed', present(unsubscribed), 'Unsubscribed');
  await shown('profiles whose address bounced', present(bounced), 'Email Bounced');
  await shown('profiles that complained', present(complained), 'Email Marked as Spam');
  const denied = (await admin.profile(`email:${unsubscribed}`))?.consents.find(
    ({ channel }) => channel === 'email',
  );
  if (denied?.status !== 'denied') throw new Error('unsubscribing did not withdraw the consent');
  result(`consent of ${unsubscribed}`, `email/${denied.purpose} ${denied.status}`);
}

const present = (address: string | undefined): readonly string[] => (address === undefined ? [] : [address]);

/** How to go on by hand. */
export function lookAround({ adminUrl, mailUrl, awsUrl, adminToken }: RunningStack): void {
  console.log(`
It goes on running until Ctrl-C. To look around, in another shell:

  TOKEN=${adminToken}
  curl -s -H "Authorization: Bearer $TOKEN" ${adminUrl}/v1/profiles/email:customer-001@example.com
  curl -s -H "Authorization: Bearer $TOKEN" ${adminUrl}/v1/profiles/email:customer-001@example.com/events
  curl -s -H "Authorization: Bearer $TOKEN" ${adminUrl}/v1/segments
  curl -s -H "Authorization: Bearer $TOKEN" ${adminUrl}/v1/segments/loyal/members

  the inbox: ${mailUrl}

  AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_DEFAULT_REGION=eu-west-1 \\
    aws --endpoint-url ${awsUrl} dynamodb list-tables
`);
}
