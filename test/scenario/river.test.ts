import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import * as z from 'zod';
import { type AdminClient, adminClient } from '#demo/admin-client.ts';
import { sendTraffic } from '#demo/send.ts';
import type { Call } from '#demo/traffic.ts';
import { LOCAL_WRITE_KEY } from '#local/local-source.ts';
import { Manifest } from '#shared/exports/manifest.ts';
import { busListener, heardBy } from '#test/support/bus-listener.ts';
import { untilConsumed } from '#test/support/consumed.ts';
import { documentedAdmin } from '#test/support/documented-admin.ts';
import { follow, mailTo, pressUnsubscribe, readMail } from '#test/support/mail.ts';
import { type StackProcess, startFreshStack } from '#test/support/stack-process.ts';
import {
  audienceMembers,
  clientConfig,
  membersOnProfiles,
  storedPeople,
} from '#test/support/stored-people.ts';

/** One river: each step goes on from where the one before it left the people of a small shop. */

let stack: StackProcess;
let admin: AdminClient;
let call: ReturnType<typeof documentedAdmin>;
const at = (minute: number): Date => new Date(Date.UTC(2026, 9, 1, 12, minute));

beforeAll(async () => {
  stack = await startFreshStack(inject('assembly'), busListener);
  admin = adminClient(stack.urls.admin, stack.adminToken);
  call = documentedAdmin(stack);
  await admin.put('/segments/customers', {
    name: 'Customers',
    condition: { identifier: { type: 'userId' } },
  });
  await admin.put('/segments/buyers', {
    name: 'Buyers',
    condition: { event: { name: 'Order Completed', atLeast: 2 } },
  });
  await admin.put('/exports/customers', {
    name: 'Customers',
    segment: 'customers',
    columns: ['identifier:userId', 'identifier:email', 'trait:city', 'sum:total_spent:EUR'],
  });
  await admin.put('/campaigns/autumn', {
    name: 'Autumn',
    segment: 'customers',
    channel: 'email',
    purpose: 'marketing',
    from: 'Shop <shop@example.com>',
    subject: 'Hello {{ traits.city }}',
    html: '<p><a href="https://shop.example.com/autumn">Look</a> <a href="{{ unsubscribe_url }}" ses:no-track>No more</a></p>',
  });
});
afterAll(() => stack?.stop());

let messages = 0;
async function send(...calls: readonly Omit<Call, 'messageId'>[]): Promise<void> {
  const identified = calls.map((one) => ({ ...one, messageId: `river-${++messages}` }));
  const options = { host: stack.urls.collect, writeKey: LOCAL_WRITE_KEY, onProgress: () => {} };
  expect(await sendTraffic(identified, options)).toBe(calls.length);
  await untilConsumed(stack);
}

async function profileOf(identifier: string) {
  const { status, body } = await call({
    method: 'GET',
    path: `/v1/profiles/${encodeURIComponent(identifier)}`,
  });
  expect(status, identifier).toBe(200);
  return Profile.parse(body);
}
const Profile = z.looseObject({
  pid: z.string(),
  events: z.record(z.string(), z.object({ count: z.int() })),
  consents: z.array(z.looseObject({ channel: z.string(), purpose: z.string(), status: z.string() })),
  suppressed: z.array(z.looseObject({ value: z.string(), reason: z.string() })),
  segments: z.array(z.looseObject({ id: z.string() })),
  sums: z.record(z.string(), z.record(z.string(), z.string())),
  absorbed: z.array(z.object({ pid: z.string() })),
});

const subscribed = (email: string, status: 'SUBSCRIBED' | 'UNSUBSCRIBED') => ({
  messaging_subscriptions: [{ key: email, type: 'EMAIL', status }],
});
const customer = (userId: string, status: 'SUBSCRIBED' | 'UNSUBSCRIBED' = 'SUBSCRIBED') => {
  const email = `${userId}@example.com`;
  return {
    type: 'identify',
    userId,
    anonymousId: `laptop-${userId}`,
    timestamp: at(2),
    traits: { email, city: 'Lyon' },
    context: subscribed(email, status),
  } as const;
};
const order = (who: Pick<Call, 'userId' | 'anonymousId'>, total: number) =>
  ({
    type: 'track',
    event: 'Order Completed',
    ...who,
    timestamp: at(3),
    properties: { total, currency: 'EUR' },
  }) as const;

describe('events of a stock client', () => {
  it('become one profile, found by every identifier in any spelling', async () => {
    await send(
      { type: 'page', name: 'Home', anonymousId: 'laptop-ada', timestamp: at(1) },
      { ...customer('ada'), traits: { email: 'Ada@Example.com', phone: '+33 6 12 34 56 78', city: 'Lyon' } },
      order({ userId: 'ada' }, 19.99),
    );

    const { pid, events, sums } = await profileOf('userId:ada');
    const others = ['email:ADA@example.com ', 'phone:+33612345678', 'anonymousId:laptop-ada', `pid:${pid}`];
    expect(await Promise.all(others.map(async (identifier) => (await profileOf(identifier)).pid))).toEqual(
      others.map(() => pid),
    );
    expect(events).toMatchObject({
      page: { count: 1 },
      identify: { count: 1 },
      'Order Completed': { count: 1 },
    });
    expect(sums).toEqual({ total_spent: { EUR: '19.99' } });
  });

  it('make two people one, when they turn out to be, who enters a segment by it', async () => {
    const receipt = { anonymousId: 'receipt-1' };
    await send(order(receipt, 5.01));
    const before = await profileOf('anonymousId:receipt-1');
    const ada = await profileOf('userId:ada');
    expect(before.pid).not.toBe(ada.pid);

    await send({ type: 'identify', ...receipt, timestamp: at(4), traits: { email: ' ADA@EXAMPLE.COM' } });

    const after = await profileOf('userId:ada');
    expect((await profileOf(`pid:${before.pid}`)).pid).toBe(after.pid);
    expect((await profileOf(`pid:${ada.pid}`)).pid).toBe(after.pid);
    expect(after.absorbed).toHaveLength(1);
    expect(after.sums).toEqual({ total_spent: { EUR: '25.00' } });
    expect(after.segments.map(({ id }) => id).sort()).toEqual(['buyers', 'customers']);
  });

  it('keep the rows of segments, and tell it on the bus once', async () => {
    await send(customer('bob'), customer('cleo', 'UNSUBSCRIBED'));

    const people = await storedPeople(stack);
    const { pid } = await profileOf('userId:ada');
    expect(await audienceMembers(stack)).toEqual(membersOnProfiles(people));
    expect(await admin.segmentSize('customers')).toBe(3);
    // A function's lines reach its log a little after its answer
    await vi.waitFor(
      () =>
        expect(heardBy(stack).filter((one) => one.segment === 'buyers')).toEqual([
          { type: 'Segment Entered', pid, segment: 'buyers' },
        ]),
      30_000,
    );
  });
});

describe('an export', () => {
  it('writes each member once, beside a manifest that vouches for the file', async () => {
    const run = await admin.run('/exports/customers', Manifest.extend({ bucket: z.string() }));

    const s3 = new S3Client(clientConfig(stack));
    const read = async (Key: string) => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: run.bucket, Key }));
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
    };
    const { bucket: _, ...manifest } = run;
    const [part] = run.parts;
    const file = await read(part?.key ?? '');
    expect(JSON.parse((await read(`exports/customers/${run.runId}/manifest.json`)).toString())).toEqual(
      manifest,
    );
    expect(createHash('sha256').update(file).digest('hex')).toBe(part?.sha256);
    expect(gunzipSync(file).toString().trim().split(/\r?\n/).sort()).toEqual([
      'ada,ada@example.com,Lyon,25.00',
      'bob,bob@example.com,Lyon,0.00',
      'cleo,cleo@example.com,Lyon,0.00',
      'identifier:userId,identifier:email,trait:city,sum:total_spent:EUR',
    ]);
    expect(run).toMatchObject({ rows: 3, excluded: {} });
    s3.destroy();
  });
});

const Started = z.object({ id: z.string() });
const Report = z.object({
  members: z.int(),
  sent: z.int(),
  unknown: z.int(),
  failed: z.int(),
  excluded: z.record(z.string(), z.int()),
});
const Run = z.object({ status: z.string(), result: Report.optional() });

/** Starts a run as a caller does who may have to ask again, and follows it to its end. */
async function runCampaign(key: string): Promise<{ id: string; report: z.infer<typeof Report> | undefined }> {
  const path = '/v1/campaigns/autumn/runs';
  const started = await call({ method: 'POST', path, headers: { 'idempotency-key': key } });
  const { id } = Started.parse(started.body);
  for (;;) {
    const { status, result } = Run.parse((await call({ method: 'GET', path: `${path}/${id}` })).body);
    if (status !== 'running') return { id, report: result };
    await pause(100);
  }
}

describe('a campaign', () => {
  it('reaches those who agreed, and nobody twice when its start is repeated', async () => {
    const first = await runCampaign('october');
    const again = await runCampaign('october');

    expect(again).toEqual(first);
    expect(first.report).toEqual({
      members: 3,
      sent: 2,
      unknown: 0,
      failed: 0,
      excluded: { consent_denied: 1 },
    });
    const mails = await readMail(stack);
    expect(mails.map(({ to }) => to).sort()).toEqual([['ada@example.com'], ['bob@example.com']]);
    expect(mailTo(mails, 'ada@example.com').subject).toBe('Hello Lyon');
  });

  it('learns what its readers did, each on their own profile', async () => {
    const mails = await readMail(stack);
    const [ada, bob] = [mailTo(mails, 'ada@example.com'), mailTo(mails, 'bob@example.com')];

    await follow(ada, 'open');
    const clicked = await follow(ada, 'click');
    await fetch(`${stack.urls.mail}/api/messages/${bob.id}/bounce`, { method: 'POST' });
    await untilConsumed(stack);

    expect(clicked.headers.get('location')).toBe('https://shop.example.com/autumn');
    const [adaAfter, bobAfter] = [await profileOf('userId:ada'), await profileOf('userId:bob')];
    const counted = (count: number) => ({ count });
    expect(adaAfter.events).toMatchObject({
      'Email Delivered': counted(1),
      'Email Opened': counted(1),
      'Email Link Clicked': counted(1),
    });
    expect(bobAfter.events).toMatchObject({ 'Email Bounced': counted(1) });
    expect(bobAfter.events).not.toHaveProperty('Email Opened');
    expect(bobAfter.suppressed).toEqual([
      expect.objectContaining({ value: 'bob@example.com', reason: 'bounced' }),
    ]);
  });

  it('leaves out, from the next run on, who unsubscribed with one click and whose address bounced', async () => {
    const unsubscribed = await pressUnsubscribe(mailTo(await readMail(stack), 'ada@example.com'));
    expect(unsubscribed.status).toBe(200);
    await untilConsumed(stack);
    expect((await profileOf('userId:ada')).consents).toContainEqual(
      expect.objectContaining({ channel: 'email', purpose: 'marketing', status: 'denied' }),
    );

    await send(customer('dora'));
    const { report } = await runCampaign('november');

    expect(report).toEqual({
      members: 4,
      sent: 1,
      unknown: 0,
      failed: 0,
      excluded: { consent_denied: 2, suppressed: 1 },
    });
    expect(await readMail(stack)).toHaveLength(3);
  });
});
