import { beforeEach, describe, expect, it } from 'vitest';
import { importReportKey, planKey, summaryKey } from '#functions/imports/import-keys.ts';
import { adminApi } from '#test/support/admin.ts';
import { aPlan, aReport } from '#test/support/imports.ts';

const claims = (role: string, market?: string) => ({
  sub: `u-${role}`,
  token_use: 'id',
  'cognito:groups': `[${role}]`,
  ...(market !== undefined && { 'custom:market': market }),
});
const contacts = {
  name: 'Contacts of the till',
  source: 'till',
  call: 'identify',
  columns: { 'E-Mail': { to: 'email' } },
};

let api: ReturnType<typeof adminApi>;
beforeEach(async () => {
  api = adminApi();
  for (const [id, market] of [
    ['till', 'fr'],
    ['kasse', 'de'],
  ] as const) {
    await put(`/v1/sources/${id}`, { name: id, writeKeys: [`${id}-write-key`], market });
  }
});
const put = (path: string, body: unknown, as = claims('admin')) =>
  api.call('PUT', path, { body, claims: as });
const get = (path: string, as = claims('viewer')) => api.call('GET', path, { claims: as });
const post = (path: string, body: unknown, as = claims('marketer')) =>
  api.call('POST', path, { body, claims: as });

const key = 'imports/contacts/20261122T091500Z-0/kunden.csv';
const start = (id: string, change: object = {}) =>
  api.runs.imports.start({
    id,
    definitionId: 'contacts',
    bucket: 'imports-bucket',
    key,
    dryRun: false,
    ...change,
  });

describe('a definition of an import', () => {
  it('is kept, in versions', async () => {
    await put('/v1/imports/contacts', contacts);

    expect(await put('/v1/imports/contacts', { ...contacts, call: 'identify' })).toMatchObject({
      status: 200,
      body: { definition: { id: 'contacts', source: 'till' }, version: 2 },
    });
    expect(await get('/v1/imports')).toMatchObject({ body: { items: [{ version: 2 }] } });
  });

  it.each([
    ['nobody', claims('admin')],
    ['kasse', claims('admin', 'fr')],
  ])('is refused for a source that there is not for the caller: %s', async (source, as) => {
    expect(await put('/v1/imports/contacts', { ...contacts, source, market: 'fr' }, as)).toMatchObject({
      status: 400,
      body: { details: [{ path: 'body.source', message: 'no source has this id' }] },
    });
  });

  it('keeps its source from being removed', async () => {
    await put('/v1/imports/contacts', contacts);

    expect(await api.call('DELETE', '/v1/sources/till')).toMatchObject({
      status: 409,
      body: { code: 'SOURCE_IN_USE', message: 'imports are of this source: contacts' },
    });
    await api.call('DELETE', '/v1/imports/contacts');
    expect(await api.call('DELETE', '/v1/sources/till')).toMatchObject({ status: 204 });
  });

  it('is changed by those who manage sources alone', async () => {
    expect(await put('/v1/imports/contacts', contacts, claims('marketer'))).toMatchObject({ status: 403 });
  });
});

describe('an upload', () => {
  beforeEach(() => put('/v1/imports/contacts', contacts));

  it('is signed for one key, which says what of it', async () => {
    expect(await post('/v1/imports/contacts/uploads', { fileName: 'Kunden März.csv' })).toEqual({
      status: 200,
      body: {
        method: 'PUT',
        url: 'https://imports.example/imports/contacts/20261122T091500Z-0/Kunden März.csv',
        headers: { 'content-type': 'application/octet-stream' },
        key: 'imports/contacts/20261122T091500Z-0/Kunden März.csv',
        expiresAt: '2026-11-18T12:06:40.000Z',
      },
    });
    expect(
      await post('/v1/imports/contacts/uploads', { fileName: 'kunden.csv', dryRun: true }),
    ).toMatchObject({ body: { key: 'dry-runs/contacts/20261122T091500Z-1/kunden.csv' } });
  });

  it.each(['', '../kunden.csv', 'a/b.csv', 'a\\b.csv', 'a\nb.csv', 'a\ud800.csv', 'x'.repeat(201)])(
    'has a name without a folder, and not %j',
    async (fileName) => {
      expect(await post('/v1/imports/contacts/uploads', { fileName })).toMatchObject({
        status: 400,
        body: { details: [{ path: 'body.fileName' }] },
      });
    },
  );

  it('is for those who may run things, and for an import that there is for them', async () => {
    const body = { fileName: 'kunden.csv' };
    await put('/v1/imports/kunden', { ...contacts, source: 'kasse', market: 'de' });

    expect(await post('/v1/imports/contacts/uploads', body, claims('viewer'))).toMatchObject({ status: 403 });
    expect(await post('/v1/imports/nothing/uploads', body)).toMatchObject({
      status: 404,
      body: { code: 'UNKNOWN_IMPORT' },
    });
    expect(await post('/v1/imports/kunden/uploads', body, claims('marketer', 'fr'))).toMatchObject({
      status: 404,
    });
  });
});

describe('a run of a file that was uploaded', () => {
  beforeEach(async () => {
    await put('/v1/imports/contacts', contacts);
    api.uploads.stored.set(key, 'a');
  });

  it('starts as if the file had just been dropped', async () => {
    const { body } = await post('/v1/imports/contacts/runs', { key, dryRun: true });

    expect(body).toEqual({ id: '20261122T091500Z-0' });
    expect(await api.runs.imports.find('20261122T091500Z-0')).toMatchObject({
      definitionId: 'contacts',
      bucket: 'imports-bucket',
      key,
      dryRun: true,
    });
  });

  it.each([
    ['imports/others/1/kunden.csv', 400, { details: [{ path: 'body.key' }] }],
    ['runs/imports/contacts/r1/rejected.csv', 400, { details: [{ path: 'body.key' }] }],
    ['imports/contacts/1/gone.csv', 404, { code: 'UNKNOWN_FILE' }],
  ])('does not start of %s', async (other, status, body) => {
    api.uploads.stored.set('imports/others/1/kunden.csv', 'a');

    expect(await post('/v1/imports/contacts/runs', { key: other })).toMatchObject({ status, body });
    expect(await api.runs.imports.list(undefined, undefined)).toMatchObject({ runs: [] });
  });
});

describe('runs', () => {
  beforeEach(async () => {
    await put('/v1/imports/contacts', contacts);
    await put('/v1/imports/kunden', { ...contacts, source: 'kasse', market: 'de' });
  });

  it('are listed, with what is wrong with the file of a failed one', async () => {
    await start('r1');
    api.runs.imports.set('r1', {
      status: 'failed',
      error: 'FileTooLarge',
      message: 'a file has at most 3 bytes',
      finishedAt: 1_795_000_001_000,
    });
    await start('r2', { dryRun: true });

    expect(await get('/v1/imports/contacts/runs')).toEqual({
      status: 200,
      body: {
        runs: [
          {
            id: 'r2',
            importId: 'contacts',
            key,
            dryRun: true,
            status: 'running',
            startedAt: '2026-11-18T11:06:40.000Z',
          },
          {
            id: 'r1',
            importId: 'contacts',
            key,
            dryRun: false,
            status: 'failed',
            startedAt: '2026-11-18T11:06:40.000Z',
            finishedAt: '2026-11-18T11:06:41.000Z',
            error: 'FileTooLarge',
            message: 'a file has at most 3 bytes',
          },
        ],
      },
    });
    expect(await api.call('GET', '/v1/imports/contacts/runs', { query: { cursor: 'forged' } })).toMatchObject(
      {
        status: 400,
        body: { code: 'INVALID_CURSOR' },
      },
    );
  });

  it('that failed of a fault of ours say its name and no more', async () => {
    await start('r1');
    api.runs.imports.set('r1', { status: 'failed', error: 'TypeError', message: 'of ada@example.com' });

    const { body } = await get('/v1/imports/contacts/runs');

    expect(body).toMatchObject({ runs: [{ error: 'TypeError' }] });
    expect(JSON.stringify(body)).not.toContain('ada@example.com');
  });

  it('of all imports are listed too, those of files that no import takes among them', async () => {
    await start('r1');
    await start('r2', { definitionId: '', key: 'imports/orders.csv' });
    await start('r3', { definitionId: 'kunden', key: 'imports/kunden/a.csv' });
    await start('r4', { definitionId: '', key: 'imports/kunden/2026-11-22/' });
    const ids = async (as: ReturnType<typeof claims>) => {
      const { body } = await get('/v1/import-runs', as);
      const runs: unknown = Reflect.get(Object(body), 'runs');
      return Array.isArray(runs) ? runs.map((run) => [run.id, run.importId]) : runs;
    };

    expect(await ids(claims('viewer'))).toEqual([
      ['r3', 'kunden'],
      ['r2', undefined],
      ['r1', 'contacts'],
    ]);
    expect(await ids(claims('viewer', 'de'))).toEqual([['r3', 'kunden']]);
  });

  it('say how far they are: by the bytes of the parts that are done', async () => {
    await start('r1');
    expect((await get('/v1/imports/contacts/runs/r1')).body).not.toHaveProperty('progress');
    const place = { importId: 'contacts', runId: 'r1' };
    api.uploads.stored.set(planKey(place), JSON.stringify(aPlan({ parts: [0, 100, 250, 300] })));
    api.uploads.stored.set(summaryKey(place, 2), '{}');

    expect(await get('/v1/imports/contacts/runs/r1')).toMatchObject({
      status: 200,
      body: { status: 'running', progress: { bytes: 300, bytesDone: 150, parts: 3, partsDone: 1 } },
    });
  });

  it('end with a report, and the rejected rows for those who may import', async () => {
    const place = { importId: 'contacts', runId: 'r1' };
    await start('r1');
    const rejectedFile = { key: 'runs/imports/contacts/r1/rejected.csv', bytes: 7 };
    const report = aReport({ ...place, rejectedFile });
    api.uploads.stored.set(importReportKey(place), JSON.stringify(report));
    expect((await get('/v1/imports/contacts/runs/r1')).body).not.toHaveProperty('result');
    api.runs.imports.set('r1', { status: 'succeeded' });

    expect(await get('/v1/imports/contacts/runs/r1', claims('marketer'))).toMatchObject({
      body: {
        status: 'succeeded',
        result: report,
        rejected: {
          url: 'https://imports.example/runs/imports/contacts/r1/rejected.csv',
          expiresAt: '2026-11-18T11:21:40.000Z',
        },
      },
    });
    const seen = await get('/v1/imports/contacts/runs/r1');
    expect(seen.body).toMatchObject({ result: report });
    expect(seen.body).not.toHaveProperty('rejected');
  });

  it('end without a file of rejected rows where none was', async () => {
    const place = { importId: 'contacts', runId: 'r1' };
    await start('r1');
    api.uploads.stored.set(importReportKey(place), JSON.stringify(aReport(place)));
    api.runs.imports.set('r1', { status: 'succeeded' });

    expect((await get('/v1/imports/contacts/runs/r1', claims('admin'))).body).not.toHaveProperty('rejected');
  });

  it('of another import are not there', async () => {
    await start('r1');

    expect(await get('/v1/imports/kunden/runs/r1')).toMatchObject({
      status: 404,
      body: { code: 'UNKNOWN_RUN' },
    });
    expect(await get('/v1/imports/contacts/runs/r2')).toMatchObject({ status: 404 });
  });
});
