import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { untilConsumed } from '#test/support/consumed.ts';
import { documentedAdmin } from '#test/support/documented-admin.ts';
import {
  defineImport,
  dropFile,
  endOfRun,
  importFile,
  readRun,
  runAgain,
  runOfFile,
  uploadFile,
} from '#test/support/import-run.ts';
import { type StackProcess, startFreshStack } from '#test/support/stack-process.ts';
import { storedPeople } from '#test/support/stored-people.ts';
import { xlsxOf } from '#test/support/xlsx.ts';

let stack: StackProcess;
beforeAll(async () => {
  stack = await startFreshStack(inject('assembly'));
  await defineImport(stack, 'contacts', {
    call: 'identify',
    columns: {
      id: { to: 'userId', required: true },
      mail: { to: 'email' },
      city: { to: 'trait:city' },
      points: { to: 'trait:points', type: 'integer' },
    },
  });
});
afterAll(() => stack?.stop());

/** A file whose people are told from another's by a letter. */
const csv = (letter: string): string =>
  [
    'id,mail,city,points',
    `${letter}1,${letter}1@example.com,"Paris,\nÎle-de-France",3`,
    `${letter}2,${letter}2@example.com,Köln,`,
    `${letter}3,nonsense,Köln,1`,
    `${letter}4,${letter}4@example.com,Köln,many`,
    '',
  ].join('\r\n');

const contacts = (fileName: string, content: string | Uint8Array) => ({
  importId: 'contacts',
  fileName,
  bytes: Buffer.from(content),
});

const said = (trait: unknown): unknown => Reflect.get(Object(trait), 'value');

/** What is stored of those whose user ids begin so: traits by user id. */
async function traitsOf(letter: string): Promise<object> {
  const people = await storedPeople(stack);
  const entries = people.flatMap(({ profile }) => {
    const id = Object.keys(profile.identifiers).find((key) => key.startsWith(`userId#${letter}`));
    if (id === undefined) return [];
    const { email, city, points } = profile.traits;
    return [[id.slice('userId#'.length), [email, city, points].map(said)]];
  });
  return Object.fromEntries(entries.sort());
}

const counts = { rows: 4, accepted: 2, rejected: 2, flagged: 0, dropped: 0 };
const reasons = { bad_email: 1, bad_integer: 1 };

describe('a file that is uploaded', () => {
  it.each([
    ['CSV', 'a', (text: string) => ['a.csv', text]],
    ['gzip', 'b', (text: string) => ['b.csv.gz', gzipSync(text)]],
    ['CSV in Windows-1252', 'c', (text: string) => ['c.csv', Buffer.from(text, 'latin1')]],
    ['CSV in UTF-16 with a mark', 'd', (text: string) => ['d.csv', Buffer.from(`\ufeff${text}`, 'utf16le')]],
  ] as const)('as %s becomes people, and a report to the row', async (_, letter, file) => {
    const [name = '', content = ''] = file(csv(letter));

    const run = await importFile(stack, contacts(String(name), content));

    expect(run).toMatchObject({ status: 'succeeded', result: { ...counts, reasons, dryRun: false } });
    await untilConsumed(stack);
    expect(await traitsOf(letter)).toEqual({
      [`${letter}1`]: [`${letter}1@example.com`, 'Paris,\nÎle-de-France', 3],
      [`${letter}2`]: [`${letter}2@example.com`, 'Köln', undefined],
    });
    const rejected = await fetch(run.rejected?.url ?? '');
    expect((await rejected.text()).split('\r\n')).toEqual([
      'rejected_line,rejected_reason,rejected_column,id,mail,city,points',
      `5,bad_email,mail,${letter}3,nonsense,Köln,1`,
      `6,bad_integer,points,${letter}4,${letter}4@example.com,Köln,many`,
      '',
    ]);
  });

  it('as JSON lines does too', async () => {
    const lines = [
      { id: 'j1', mail: 'j1@example.com', city: 'Paris', points: 3 },
      { id: 'j2', mail: 'nonsense' },
      'text',
    ];

    const run = await importFile(
      stack,
      contacts('j.jsonl', lines.map((line) => JSON.stringify(line)).join('\n')),
    );

    expect(run.result).toMatchObject({
      rows: 3,
      accepted: 1,
      rejected: 2,
      reasons: { bad_email: 1, not_an_object: 1 },
    });
    await untilConsumed(stack);
    expect(await traitsOf('j')).toEqual({ j1: ['j1@example.com', 'Paris', 3] });
    const quality = await documentedAdmin(stack)({ method: 'GET', path: '/v1/sources/till/quality' });
    expect(quality.body).toMatchObject({
      reasons: expect.arrayContaining([{ outcome: 'quarantined', reason: 'not_an_object', count: 1 }]),
    });
  });
});

describe('a spreadsheet', () => {
  it('is read by its sheet, its dates and its numbers as they are', async () => {
    await defineImport(stack, 'sheet', {
      call: 'identify',
      columns: {
        id: { to: 'userId', required: true },
        since: { to: 'trait:since', type: 'date' },
        points: { to: 'trait:points', type: 'integer' },
      },
    });
    const text = (cell: string, value: string) => `<c r="${cell}" t="inlineStr"><is><t>${value}</t></is></c>`;
    const bytes = xlsxOf({
      styles: '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs>',
      sheets: {
        Kunden: [
          `<row r="1">${text('A1', 'id')}${text('B1', 'since')}${text('C1', 'points')}</row>`,
          `<row r="2">${text('A2', 'k1')}<c r="B2" s="1"><v>45000</v></c><c r="C2"><v>3</v></c></row>`,
          `<row r="3">${text('A3', 'k2')}<c r="C3"><v>1.5</v></c></row>`,
        ].join(''),
      },
    });

    const run = await importFile(stack, { importId: 'sheet', fileName: 'kunden.xlsx', bytes });

    expect(run.result).toMatchObject({ rows: 2, accepted: 1, reasons: { bad_integer: 1 } });
    await untilConsumed(stack);
    const person = (await storedPeople(stack)).find(({ profile }) => 'userId#k1' in profile.identifiers);
    expect([person?.profile.traits.since, person?.profile.traits.points].map(said)).toEqual([
      '2023-03-15',
      3,
    ]);
  });
});

describe('a dry run', () => {
  it('reports as a run does and sends nothing; the file is then run for real as it lies', async () => {
    const file = { ...contacts('e.csv', csv('e')), dryRun: true };
    const key = await uploadFile(stack, file);
    const tried = await endOfRun(stack, 'contacts', await runOfFile(stack, 'contacts', key));

    expect(tried).toMatchObject({ status: 'succeeded', result: { ...counts, reasons, dryRun: true } });
    await untilConsumed(stack);
    expect(await traitsOf('e')).toEqual({});

    const id = await runAgain(stack, { importId: 'contacts', key });
    expect(await endOfRun(stack, 'contacts', id)).toMatchObject({ result: { ...counts, dryRun: false } });
    await untilConsumed(stack);
    expect(Object.keys(await traitsOf('e'))).toEqual(['e1', 'e2']);
  });
});

describe('the same file again', () => {
  it('changes nothing of anybody, byte for byte: run again, and uploaded again under another name', async () => {
    const key = await uploadFile(stack, contacts('f.csv', csv('f')));
    await endOfRun(stack, 'contacts', await runOfFile(stack, 'contacts', key));
    await untilConsumed(stack);
    const before = JSON.stringify(await storedPeople(stack));

    await endOfRun(stack, 'contacts', await runAgain(stack, { importId: 'contacts', key }));
    await importFile(stack, contacts('another name.csv', csv('f')));
    await untilConsumed(stack);

    expect(JSON.stringify(await storedPeople(stack))).toBe(before);
  });
});

describe('a file that cannot be imported', () => {
  it.each([
    ['without a column', 'id,city\ng1,Paris\n', 'ColumnsMissing', 'mail'],
    ['without a row', 'id,mail,city,points\n', 'FileEmpty', 'no row'],
    ['of another kind', Buffer.from('%PDF-1.7\0\0'), 'FileUnreadable', 'no text'],
  ])('%s ends its run before anything is sent, and says why', async (_, content, error, message) => {
    const run = await importFile(stack, contacts('g.csv', content));

    expect(run).toMatchObject({ status: 'failed', error, message: expect.stringContaining(message) });
    expect(run.result).toBeUndefined();
  });

  it.each([
    ['of an import that there is not', 'imports/others/a.csv', 'ImportNotFound', 'others'],
    ['where no import takes any', 'imports/a.csv', 'FileMisplaced', undefined],
  ])('%s is among the runs of all imports', async (_, key, error, importId) => {
    await dropFile(stack, key, 'a');

    await expect
      .poll(async () => (await documentedAdmin(stack)({ method: 'GET', path: '/v1/import-runs' })).body, {
        timeout: 30_000,
      })
      .toMatchObject({
        runs: expect.arrayContaining([
          {
            ...runThatFailed,
            key,
            error,
            ...(importId !== undefined && { importId }),
          },
        ]),
      });
  });

  const runThatFailed = {
    id: expect.any(String),
    dryRun: false,
    status: 'failed',
    startedAt: expect.any(String),
    finishedAt: expect.any(String),
    message: expect.any(String),
  };
});

it('a folder that is made in the bucket is no file, and none of the runs', async () => {
  await dropFile(stack, 'imports/contacts/2026-11-23/', '');
  await dropFile(stack, 'imports/contacts/2026-11-23/i.csv', csv('i'));

  await endOfRun(stack, 'contacts', await runOfFile(stack, 'contacts', 'imports/contacts/2026-11-23/i.csv'));

  const { body } = await documentedAdmin(stack)({ method: 'GET', path: '/v1/import-runs' });
  expect(JSON.stringify(body)).toContain('2026-11-23/i.csv"');
  expect(JSON.stringify(body)).not.toContain('2026-11-23/"');
});

it('a file that is dropped in the bucket is imported as one that is uploaded', async () => {
  await dropFile(stack, 'imports/contacts/2026-11-22/h.csv', csv('h'));

  const id = await runOfFile(stack, 'contacts', 'imports/contacts/2026-11-22/h.csv');
  expect(await endOfRun(stack, 'contacts', id)).toMatchObject({
    result: counts,
    progress: { parts: 1, partsDone: 1 },
  });
  expect((await readRun(stack, 'contacts', id)).progress?.bytesDone).toBeGreaterThan(100);
});
