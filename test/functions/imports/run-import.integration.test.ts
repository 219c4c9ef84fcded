import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { finishImport } from '#functions/imports/finish-run.ts';
import { planKey } from '#functions/imports/import-keys.ts';
import { importPart } from '#functions/imports/import-rows.ts';
import { PlannedImport } from '#shared/imports/planned-import.ts';
import { ok } from '#shared/kernel/outcome.ts';
import { compilePlan } from '#shared/plans/compile-plan.ts';
import { TrackingPlan } from '#shared/plans/tracking-plan.ts';
import type { PlanCheck } from '#shared/sources/admit-events.ts';
import { importOf, shop, startImporting } from '#test/support/importing.ts';

const HEADER = 'email;name;birthday;points';
const FILE = [
  HEADER,
  'ada@example.com;Ada;10/12/1815;1.234,5',
  'grace@example.com;"Grace\nHopper";09/12/1906;',
  'nobody;Nobody;;',
  ';Nameless;;',
  'alan@example.com;Alan;23/06/1912;7;more',
  'ada@example.com;Ada;10/12/1815;1.234,5',
  '',
].join('\r\n');

describe('a run of an import', () => {
  let importing: Awaited<ReturnType<typeof startImporting>>;
  beforeAll(async () => {
    importing = await startImporting();
  });
  afterAll(() => importing.close());

  it('makes an event of each good row, named by the file and its line', async () => {
    const { events, records } = await importing.run(FILE);

    const hash = createHash('sha256').update(FILE).digest('hex').slice(0, 16);
    expect(events.map(({ messageId }) => messageId)).toEqual(
      [2, 3, 8].map((line) => `import-${hash}-${line}`),
    );
    expect(events[0]).toMatchObject({
      type: 'identify',
      traits: { email: 'ada@example.com', name: 'Ada', birthday: '1815-12-10', points: 1234.5 },
    });
    expect(events[1]?.traits).toEqual({
      email: 'grace@example.com',
      name: 'Grace\nHopper',
      birthday: '1906-12-09',
    });
    expect(records.map(({ partitionKey }) => partitionKey)).toEqual([
      'email#ada@example.com',
      'email#grace@example.com',
    ]);
    expect(records[0]?.record.source).toMatchObject({ id: 'shop', market: 'fr' });
  });

  it('reports exactly, with the rejected rows in a file that can be mended and uploaded again', async () => {
    const { report, rejected, finished } = await importing.run(FILE);

    expect(report).toMatchObject({
      import: { id: 'contacts', version: 3 },
      rows: 6,
      accepted: 3,
      rejected: 3,
      dropped: 0,
      flagged: 0,
      reasons: { bad_email: 1, missing_identifier: 1, wrong_columns: 1 },
      dryRun: false,
      file: { bytes: Buffer.byteLength(FILE), sha256: createHash('sha256').update(FILE).digest('hex') },
    });
    expect(rejected).toBe(
      [
        '\ufeffrejected_line;rejected_reason;rejected_column;email;name;birthday;points',
        '5;bad_email;email;nobody;Nobody;;',
        '6;missing_identifier;;;Nameless;;',
        '7;wrong_columns;;alan@example.com;Alan;23/06/1912;7;more',
        '',
      ].join('\r\n'),
    );
    expect(finished).toMatchObject({ rows: 6, accepted: 3, rejected: 3 });
    const mended = rejected
      .replace(';nobody;', ';nobody@example.com;')
      .replace(';;;Nameless', ';;n@example.com;Nameless')
      .replace(';more', '');
    const again = await importing.run(mended);
    expect(again.report).toMatchObject({ rows: 3, accepted: 3, rejected: 0 });
    expect(again.report.rejectedFile).toBeUndefined();
  });

  it.each([
    ['', Buffer.from('')],
    [' after a mark', Buffer.from('\ufeff')],
  ])('passes over a first line that tells Excel the delimiter%s, and counts it', async (_, mark) => {
    const { report, rejected } = await importing.run(Buffer.concat([mark, Buffer.from(`sep=;\r\n${FILE}`)]));

    expect(report).toMatchObject({ rows: 6, accepted: 3, rejected: 3 });
    expect(rejected).toContain('6;bad_email;email;nobody;Nobody;;');
  });

  it('reads that line of a file in UTF-16', async () => {
    const { report } = await importing.run(Buffer.from(`\ufeffsep=;\r\n${FILE}`, 'utf16le'));

    expect(report).toMatchObject({ rows: 6, accepted: 3, rejected: 3 });
  });

  it('makes the same of the same file, and sends nothing in a dry run', async () => {
    const first = await importing.run(FILE);
    const second = await importing.run(FILE);
    const dry = await importing.run(FILE, { folder: 'dry-runs' });

    const identities = ({ events }: typeof first) => events.map(({ timestamp: _, ...event }) => event);
    expect(identities(second)).toEqual(identities(first));
    expect(dry.events).toEqual([]);
    expect(dry.report).toMatchObject({ ...counts(first.report), dryRun: true });
    expect(dry.rejected).toBe(first.rejected);
  });

  it.each([
    ['gzip', gzipSync(FILE)],
    ['a mark of UTF-8', Buffer.from(`\ufeff${FILE}`)],
    ['UTF-16 with a mark', Buffer.from(`\ufeff${FILE}`, 'utf16le')],
    ['UTF-16 without one', Buffer.from(FILE, 'utf16le')],
    ['big-endian UTF-16', Buffer.from(`\ufeff${FILE}`, 'utf16le').swap16()],
    ['UTF-16 in gzip', gzipSync(Buffer.from(`\ufeff${FILE}`, 'utf16le'))],
    ['Windows-1252', Buffer.from(FILE.replace('Nameless', 'Éloïse'), 'latin1')],
    ['line ends of old', Buffer.from(FILE.replaceAll('\r\n', '\r'))],
    ['commas', Buffer.from(FILE.replaceAll(',', '.').replaceAll(';', ','))],
    ['tabs', Buffer.from(FILE.replaceAll(';', '\t'))],
  ])('reads the same rows of %s', async (kind, body) => {
    const { report, events } = await importing.run(body, { name: 'contacts' });

    const isNumbered = kind !== 'commas';
    expect(report).toMatchObject({ rows: 6, accepted: isNumbered ? 3 : 1, rejected: isNumbered ? 3 : 5 });
    expect(events.at(-1)?.messageId).toMatch(isNumbered ? /-8$/ : /-3$/);
  });

  it('reads letters of Windows-1252, and rejects rows that are no text of a file of UTF-8', async () => {
    const windows = Buffer.from('email,name,birthday,points\nzoe@example.com,Zo\xeb \x80,,\n', 'latin1');
    const broken = Buffer.concat([
      Buffer.from('email,name,birthday,points\nzoe@example.com,Zoë,,\n'),
      Buffer.from('bad@example.com,\xeb,,\n', 'latin1'),
    ]);

    const [read, partly] = [await importing.run(windows), await importing.run(broken)];

    expect(read.events[0]?.traits?.name).toBe('Zoë €');
    expect(partly.report.reasons).toEqual({ bad_encoding: 1 });
    expect(partly.events[0]?.traits?.name).toBe('Zoë');
  });

  it('reads JSON lines, whose rejected rows are such lines again', async () => {
    const lines = [
      '{"email":"ada@example.com","name":"Ada","points":"1,5","other":1}',
      '{"email":"a"}',
      'no json',
      '["email"]',
    ];

    const { report, events, rejected } = await importing.run(lines.join('\n'), { name: 'file.jsonl' });

    expect(events[0]?.traits).toEqual({ email: 'ada@example.com', name: 'Ada', points: 1.5 });
    expect(report.reasons).toEqual({ bad_email: 1, bad_json: 1, not_an_object: 1 });
    expect(
      rejected
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      { rejected_line: 2, rejected_reason: 'bad_email', rejected_column: 'email', email: 'a' },
      { rejected_line: 3, rejected_reason: 'bad_json', rejected_row: 'no json' },
      { rejected_line: 4, rejected_reason: 'not_an_object', rejected_row: '["email"]' },
    ]);
  });

  it('takes lines of JSON however deep what nobody mapped is nested, and gives them back as text', async () => {
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    const lines = ['ada@example.com', 'bad'].map((email) => `{"email":"${email}","deep":${deep}}`);

    const { report, rejected } = await importing.run(lines.join('\n'), { name: 'file.jsonl' });

    expect(report).toMatchObject({ accepted: 1, reasons: { bad_email: 1 } });
    expect(JSON.parse(rejected)).toMatchObject({ rejected_line: 2, rejected_row: lines[1] });
  });

  it.each([
    ['an empty file', '', 'FileEmpty'],
    ['an empty file in gzip', gzipSync(''), 'FileEmpty'],
    ['a first line alone', `${HEADER}\n\n`, 'FileEmpty'],
    ['other columns', 'mail;name\na;b', 'ColumnsMissing'],
    ['a column twice', `${HEADER};email\na;b;c;d;e`, 'ColumnsTwice'],
    ['JSON lines of other keys', '{"mail":"a"}', 'ColumnsMissing'],
    ['an old spreadsheet', Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'FileUnreadable'],
    ['what is no text', Buffer.from([1, 2, 0, 3, 4, 5, 6, 7]), 'FileUnreadable'],
    ['broken gzip', gzipSync(FILE.repeat(900)).subarray(0, 300), 'FileUnreadable'],
  ])('refuses %s, before anything is sent', async (_, body, name) => {
    await expect(importing.run(body, { name: 'contacts' })).rejects.toMatchObject({ name });
  });

  it('refuses a file of a disabled source', async () => {
    const disabled = importing.run(FILE, { source: { ...shop, enabled: false } });

    await expect(disabled).rejects.toMatchObject({ name: 'SourceDisabled' });
  });

  it('is the same in many parts as in one, and when a part is done twice', async () => {
    const row = (n: number) =>
      `p${n}@example.com;"P\n${n}";0${(n % 9) + 1}/01/1980;${n % 7 === 0 ? 'x' : n},25`;
    const file = [HEADER, ...Array.from({ length: 12_000 }, (_, n) => row(n)), ''].join('\n');

    const { plan, report, events, rejected, ports } = await importing.run(file);
    const [again] = plan.chunks;
    if (again !== undefined) await importPart(again, ports);

    expect(plan.chunks).toHaveLength(3);
    expect(report).toMatchObject({
      rows: 12_000,
      accepted: 10_285,
      rejected: 1_715,
      reasons: { bad_number: 1_715 },
    });
    expect(new Set(events.map(({ messageId }) => messageId)).size).toBe(10_285);
    expect(events.at(-1)?.messageId).toMatch(/-24000$/);
    expect(rejected.split('\r\n')).toHaveLength(1_717);
  });

  it('is planned as the first time when it is planned again, whose copy of the rows is another', async () => {
    const { plan, planAgain, ports, parts, read } = {
      ...(await importing.run(gzipSync(FILE))),
      ...importing,
    };
    const copies = async () => {
      const stored = PlannedImport.parse(
        JSON.parse(await read(planKey({ importId: 'contacts', runId: plan.runId }))),
      );
      return stored.rows.key;
    };
    const before = await copies();

    const again = await planAgain();

    expect(again).toEqual(plan);
    expect(await copies()).toBe(before);
    expect(await Promise.all(again.chunks.map((chunk) => importPart(chunk, ports)))).toEqual(parts);
  });

  it('counts refused rows of a file once among the events of its source, in the hour of its run', async () => {
    const source = { ...shop, id: 'counted', events: { deny: ['Secret'] } };
    const definition = importOf('counted', {
      source: 'counted',
      call: 'track',
      columns: {
        who: { to: 'userId' },
        what: { to: 'event' },
        total: { to: 'property:total', type: 'number' },
      },
    });
    const file = 'who,what,total\nu1,Seen,a\nu2,Seen,b\n,Seen,1\nu4,Secret,1\nu5,Seen,1\n';
    const counted = async () => {
      const hours = await importing.quality.hours('counted', { from: 0, to: Date.now() });
      return hours.map(({ cells }) => cells);
    };

    await importing.run(file, { definition, source, folder: 'dry-runs' });
    expect(await counted()).toEqual([]);
    const { parts, plan, ports, finish } = await importing.run(file, { definition, source });
    const [part] = plan.chunks;
    if (part !== undefined) expect(await importPart(part, ports)).toEqual(parts[0]);
    await finish();
    await importing.run(file, { definition, source });

    expect(await counted()).toEqual([
      [
        { event: 'track', kind: 'quarantined', reason: 'bad_number', count: 2 },
        { event: 'track', kind: 'quarantined', reason: 'missing_identifier', count: 1 },
        { event: 'track', kind: 'dropped', reason: 'event_denied', count: 1 },
      ],
    ]);
  });

  it('ends as the first of its parts that failed for good, with what to do', async () => {
    const { plan, parts } = await importing.run(FILE);
    const { importId, runId } = plan;
    const ended = [...parts, { failed: 'FileChanged' }, { failed: 'TypeError' }];

    const finished = finishImport(
      { importId, runId, parts: ended },
      { files: importing.files, counts: importing.quality, now: Date.now },
    );

    await expect(finished).rejects.toMatchObject({
      name: 'FileChanged',
      message: expect.stringMatching(/^2 of 3 parts of the file failed: run the file again/),
    });
  });

  it('counts what a tracking plan flags, and rejects what it refuses with the ways in which it is broken', async () => {
    const plan = compilePlan(
      TrackingPlan.parse({
        id: 'plan',
        name: 'Plan',
        events: {},
        identify: {
          schema: {
            type: 'object',
            required: ['birthday'],
            properties: { points: { type: 'number', maximum: 1_000 } },
          },
        },
        unplannedEvents: 'allow',
        unplannedProperties: 'allow',
        violations: 'quarantine',
      }),
    );
    const flags: PlanCheck = (event) => ok({ ...event, violations: ['unplanned_event'] });

    const refused = await importing.run(FILE, { check: plan });
    const flagged = await importing.run(FILE, { check: flags });

    expect(refused.report).toMatchObject({ accepted: 1, rejected: 5, reasons: { plan_violation: 2 } });
    expect(refused.rejected).toContain('\r\n2;plan_violation;maximum /traits/points;ada@example.com;');
    expect(flagged.report).toMatchObject({ accepted: 3, flagged: 3, rejected: 3 });
    expect(flagged.events[0]?.violations).toEqual(['unplanned_event']);
  });

  it('passes over what the source denies, and keys records by whatever names their person', async () => {
    const orders = importOf('orders', {
      call: 'track',
      columns: {
        card: { to: 'externalId:card' },
        what: { to: 'event' },
        at: { to: 'timestamp', format: 'dd.MM.yyyy HH:mm', timeZone: 'Europe/Paris' },
        total: { to: 'property:total', type: 'number', decimal: ',' },
      },
    });
    const file =
      'card|what|at|total\n7|Order Completed|22.11.2025 10:30|12,50\n8|Secret|22.11.2025 10:30|1\n';

    const { report, records } = await importing.run(file, {
      definition: orders,
      source: { ...shop, events: { deny: ['Secret'] } },
    });

    expect(report).toMatchObject({ rows: 2, accepted: 1, dropped: 1, reasons: { event_denied: 1 } });
    expect(records).toMatchObject([
      {
        partitionKey: 'card#7',
        record: {
          events: [
            {
              type: 'track',
              event: 'Order Completed',
              timestamp: Date.UTC(2025, 10, 22, 9, 30),
              properties: { total: 12.5 },
              context: { externalIds: [{ id: '7', type: 'card', collection: 'users', encoding: 'none' }] },
            },
          ],
        },
      },
    ]);
  });
});

const counts = ({
  rows,
  accepted,
  rejected,
  reasons,
}: {
  rows: number;
  accepted: number;
  rejected: number;
  reasons: object;
}) => ({
  rows,
  accepted,
  rejected,
  reasons,
});
