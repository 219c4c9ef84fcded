import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { quarantineKey } from '#functions/adapters/s3/quarantine-key.ts';
import { openApiDocument } from '#functions/admin/openapi.ts';
import { ADMIN_ROUTES } from '#functions/admin/routes.ts';
import { importReportKey, planKey } from '#functions/imports/import-keys.ts';
import { manifestKey, reportKey } from '#functions/runs/run-keys.ts';
import { CampaignReport } from '#functions/sending/run-campaign.ts';
import { Pid } from '#shared/events/event.ts';
import { Manifest } from '#shared/exports/manifest.ts';
import { adminApi } from '#test/support/admin.ts';
import { aPlan, aReport } from '#test/support/imports.ts';
import { mergeWrite, person, stampedAt, traits } from '#test/support/person.ts';

const at = '2026-11-22T09:15:00.000Z';

it('is in the repository as the routes give it: node functions/admin/write-openapi.ts writes it', () => {
  const committed: unknown = JSON.parse(readFileSync('docs/api/admin.openapi.json', 'utf8'));

  expect(committed).toEqual(JSON.parse(JSON.stringify(openApiDocument(ADMIN_ROUTES))));
});

it('describes what every route answers', async () => {
  const api = adminApi();
  await api.store(
    person('p1', {
      profile: {
        identifiers: { 'email#ada@example.com': stampedAt(1) },
        traits: traits({ plan: 'pro', tags: ['a'] }),
        consents: { 'email/marketing': { status: 'granted', ...stampedAt(1) } },
        suppressed: { 'email#old@example.com': { reason: 'bounced', at: 5 } },
        market: { value: 'fr', at: 1, id: 'm' },
        refusals: [{ identifier: 'userId#u2', reason: 'limit', at: 3, messageId: 'm3' }],
      },
      activity: {
        firstSeenAt: 1,
        lastSeenAt: 9,
        events: { 'Order Completed': { count: 2, first: 1, last: 9 } },
        sums: { total_spent: { EUR: 1999 } },
        segments: { buyers: 7 },
        recent: [[9, 'Order Completed', 'm9']],
      },
    }),
  );
  api.members.members.add('p1');
  api.events.push({
    type: 'track',
    name: 'Order Completed',
    timestamp: 9,
    messageId: 'm9',
    source: 'shop',
    properties: { total: 1 },
  });
  const put = async (path: string, body: unknown) =>
    expect(await api.call('PUT', path, { body })).toMatchObject({ status: 200 });
  const get = async (path: string) => expect(await api.call('GET', path)).toMatchObject({ status: 200 });

  await put('/v1/tracking-plans/shop', { name: 'Shop', identify: { schema: { properties: { email: {} } } } });
  await put('/v1/sources/shop', { trackingPlan: 'shop', name: 'Shop', writeKeys: ['shop-write-key'] });
  await put('/v1/traits/tags', { strategy: 'union', limit: 5 });
  await put('/v1/computed-traits/orders', { name: 'Orders', event: 'Order Completed', function: 'count' });
  await put('/v1/segments/buyers', {
    name: 'Buyers',
    condition: { any: [{ event: { name: 'Order Completed' } }] },
  });
  await put('/v1/exports/daily', {
    name: 'Daily',
    segment: 'buyers',
    columns: ['pid', { column: 'trait:plan' }],
  });
  await put('/v1/campaigns/hello', {
    name: 'Hello',
    segment: 'buyers',
    channel: 'email',
    purpose: 'marketing',
    from: 'shop@example.com',
    subject: 'Hello',
    html: '<p>{{ traits.name }}</p>',
  });
  const paths = [
    '/email:ada@example.com',
    '/pid:p1/events',
    '/pid:p1/segments',
    '/pid:p1/segments/buyers/why',
  ];
  for (const path of paths) await get(`/v1/profiles${path}`);
  await api.store(person('p2', { profile: { identifiers: { 'anonymousId#a2': stampedAt(1) } } }));
  const [survivor] = (await api.memory.people.findMany([Pid.parse('p1')])).values();
  if (survivor === undefined) throw new TypeError('nobody is stored');
  await api.memory.people.merge(
    mergeWrite({
      winner: {
        ...survivor,
        activity: { ...survivor.activity, version: 2 },
        profile: { ...survivor.profile, absorbed: { [Pid.parse('p2')]: 5 } },
      },
      loser: person('p2'),
      at: 5,
    }),
  );
  await get('/v1/profiles/pid:p1/identity');
  expect(await api.call('POST', '/v1/profiles/pid:p1/unmerge', { body: { pid: 'p2' } })).toMatchObject({
    status: 200,
  });
  await get('/v1/profiles/pid:p1/identity');
  for (const kind of [
    'sources',
    'tracking-plans',
    'segments',
    'traits',
    'computed-traits',
    'exports',
    'campaigns',
  ])
    await get(`/v1/${kind}`);
  for (const path of [
    'sources/shop',
    'tracking-plans/shop',
    'segments/buyers',
    'traits/tags',
    'computed-traits/orders',
    'exports/daily',
    'campaigns/hello',
  ])
    await get(`/v1/${path}`);
  await get('/v1/segments/buyers/members');
  await get('/v1/library');
  expect(await api.call('POST', '/v1/library/birthday', { body: {} })).toMatchObject({ status: 200 });
  await put('/v1/lifecycle/settings', {});
  await get('/v1/lifecycle/settings');
  await get('/v1/segments/buyers/size');
  await get('/v1/segments/buyers/history');
  const preview = { condition: { event: { name: 'Order Completed' } } };
  expect(await api.call('POST', '/v1/segments/preview', { body: preview })).toMatchObject({ status: 200 });
  expect(await api.call('POST', '/v1/evaluations')).toMatchObject({ status: 202 });
  await get('/v1/evaluations');
  await get('/v1/evaluations/estimate');
  const [evaluation] = (await api.runs.evaluations.list('everybody', undefined))?.runs ?? [];
  await get(`/v1/evaluations/${evaluation?.id}`);
  await get('/v1/openapi.json');
  await get('/v1/quality');
  await get('/v1/sources/shop/quality');
  await get('/v1/sources/shop/debugger');

  await api.quarantine.keep({
    source: 'shop',
    id: 'r1',
    entries: [{ reason: 'unknown_type', receivedAt: Date.parse(at), event: { type: 'other' }, request: {} }],
  });
  api.failed.batches.set('aws/lambda/m/shard/1', []);
  const key = quarantineKey({ source: 'shop', id: 'r1', receivedAt: Date.parse(at) });
  const list = await api.call('GET', '/v1/quarantine', { query: { from: '2026-11-22', to: '2026-11-22' } });
  expect(list).toMatchObject({ status: 200, body: { items: [{ key, reasons: { unknown_type: 1 } }] } });
  for (const [path, query] of [
    ['/v1/quarantine/entries', { key }],
    ['/v1/quarantine/failed', {}],
  ] as const) {
    expect(await api.call('GET', path, { query })).toMatchObject({ status: 200, body: { items: [{}] } });
  }
  expect(await api.call('POST', '/v1/quarantine/redrive', { body: { key } })).toMatchObject({
    status: 200,
    body: { redriven: 0, left: { unknown_type: 1 } },
  });

  for (const [path, runs] of [
    ['/v1/exports/daily/runs', api.runs.exports],
    ['/v1/campaigns/hello/runs', api.runs.campaigns],
  ] as const) {
    await api.call('POST', path, { headers: { 'Idempotency-Key': 'k' } });
    const [run] = (await runs.list(path.split('/')[3] ?? '', undefined))?.runs ?? [];
    const id = run?.id ?? '';
    await api.files.keepJson(manifestKey({ exportId: 'daily', runId: id }), Manifest, {
      export: { id: 'daily', version: 1 },
      runId: id,
      segment: { id: 'buyers', version: 1 },
      startedAt: at,
      finishedAt: at,
      format: 'csv',
      columns: [{ column: 'pid', header: 'pid' }],
      parts: [{ key: 'part', rows: 1, sha256: 'a'.repeat(64), bytes: 9 }],
      rows: 1,
      excluded: { no_consent: 2 },
    });
    await api.files.keepJson(reportKey(id), CampaignReport, {
      campaign: { id: 'hello', version: 1 },
      runId: id,
      segment: { id: 'buyers', version: 1 },
      startedAt: at,
      finishedAt: at,
      members: 3,
      sent: 1,
      unknown: 0,
      failed: 0,
      excluded: { no_consent: 2 },
    });
    runs.set(id, { status: 'succeeded', finishedAt: Date.parse(at) });
    await get(path);
    expect(await api.call('GET', `${path}/${id}`)).toMatchObject({
      status: 200,
      body: { status: 'succeeded', result: { excluded: { no_consent: 2 } } },
    });
  }
  await put('/v1/imports/contacts', {
    name: 'Contacts',
    source: 'shop',
    call: 'identify',
    columns: { 'E-Mail': { to: 'email' } },
  });
  await get('/v1/imports');
  await get('/v1/imports/contacts');
  const { body: signed } = await api.call('POST', '/v1/imports/contacts/uploads', {
    body: { fileName: 'a.csv' },
  });
  const uploaded = z.object({ key: z.string() }).parse(signed);
  api.uploads.stored.set(uploaded.key, 'a');
  const { body: begun } = await api.call('POST', '/v1/imports/contacts/runs', {
    body: { key: uploaded.key },
  });
  const place = { importId: 'contacts', runId: z.object({ id: z.string() }).parse(begun).id };
  api.uploads.stored.set(planKey(place), JSON.stringify(aPlan({ parts: [0, 9] })));
  const rejectedFile = { key: 'runs/imports/contacts/r/rejected.csv', bytes: 3 };
  const report = aReport({ ...place, rejectedFile });
  api.uploads.stored.set(importReportKey(place), JSON.stringify(report));
  api.runs.imports.set(place.runId, { status: 'succeeded' });
  await get('/v1/imports/contacts/runs');
  await get('/v1/import-runs');
  await get(`/v1/imports/contacts/runs/${place.runId}`);

  for (const path of [
    'imports/contacts',
    'exports/daily',
    'campaigns/hello',
    'segments/buyers',
    'sources/shop',
    'tracking-plans/shop',
    'traits/tags',
    'computed-traits/orders',
  ]) {
    expect(await api.call('DELETE', `/v1/${path}`)).toEqual({ status: 204, body: undefined });
  }

  await put('/v1/identity/settings', { limits: { email: 2 }, authorised: [['Main SA', 'Other SA']] });
  await get('/v1/identity/settings');
  await put('/v1/workspace/settings', { timeZone: 'Europe/Paris' });
  await get('/v1/workspace/settings');
  await get('/v1/identity/conflicts');

  expect(await api.call('DELETE', '/v1/profiles/pid:p1')).toMatchObject({ status: 200 });

  const operations = ADMIN_ROUTES.map(({ operationId }) => operationId);
  expect(operations.filter((operation) => !api.exercised.has(operation))).toEqual([]);
});
