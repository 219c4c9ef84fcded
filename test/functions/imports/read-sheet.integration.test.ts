import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importOf, shop, startImporting } from '#test/support/importing.ts';
import { workbookFiles, xlsxOf, zipOf } from '#test/support/xlsx.ts';

const cards = {
  call: 'identify',
  columns: {
    Card: { to: 'externalId:card' },
    Name: { to: 'trait:name' },
    Born: { to: 'trait:birthday', type: 'date', format: 'dd/MM/yyyy' },
    Member: { to: 'trait:member', type: 'boolean' },
    Seen: { to: 'timestamp', timeZone: 'Europe/Paris' },
  },
} as const;
const loyalty = importOf('loyalty', cards);
const ofSheet = (sheet: string) => importOf('loyalty', { ...cards, format: { type: 'xlsx', sheet } });

const SHARED = [
  '<si><t>Card</t></si><si><t xml:space="preserve"> Name </t></si><si><t>Born</t></si>',
  '<si><r><rPr><b/></rPr><t>Zo</t></r><r><t>ë &amp; Co</t></r><rPh sb="0" eb="1"><t>zoe</t></rPh></si>',
].join('');
const STYLES =
  '<numFmts count="1"><numFmt numFmtId="164" formatCode="dd/mm/yyyy\\ hh:mm"/></numFmts>' +
  '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>' +
  '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/></cellXfs>';
const HEADER =
  '<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="s"><v>1</v></c><c r="C2" t="s"><v>2</v></c>' +
  '<c r="D2" t="inlineStr"><is><t>Member</t></is></c><c r="E2" t="str"><v>Seen</v></c></row>';
const ROWS = [
  HEADER,
  '<row r="4"><c r="A4"><v>600000123</v></c><c r="B4" t="s"><v>3</v></c><c r="C4" s="1"><v>29221</v></c>',
  '<c r="D4" t="b"><v>1</v></c><c r="E4" s="2"><v>45983.4375</v></c></row>',
  '<row r="5"/>',
  '<row r="6"><c r="A6" t="str"><v>7</v></c><c r="C6" t="str"><v>31/12/1979</v></c><c r="D6" t="str"><v>non</v></c></row>',
  '<row><c><v>8</v></c><c t="e"><v>#N/A</v></c></row>',
  '<row r="9"><c r="A9"><v>9</v></c><c r="C9" t="str"><v>soon</v></c></row>',
].join('');
const book = { sheets: { Cards: ROWS }, shared: SHARED, styles: STYLES };

describe('a spreadsheet', () => {
  let importing: Awaited<ReturnType<typeof startImporting>>;
  beforeAll(async () => {
    importing = await startImporting();
  });
  afterAll(() => importing.close());

  const run = (body: Buffer | string, name = 'cards.xlsx', of = loyalty) =>
    importing.run(body, { definition: of, name });

  it('gives events of its rows, numbered as in the sheet, with its own dates, booleans and numbers', async () => {
    const { events, report } = await run(xlsxOf(book));

    expect(report).toMatchObject({ rows: 4, accepted: 2, reasons: { bad_formula: 1, bad_date: 1 } });
    expect(events.map(({ messageId }) => messageId.split('-').at(-1))).toEqual(['4', '6']);
    expect(events[0]).toMatchObject({
      timestamp: Date.UTC(2025, 10, 22, 9, 30),
      traits: { name: 'Zoë & Co', birthday: '1980-01-01', member: true },
      context: { externalIds: [{ id: '600000123', type: 'card' }] },
    });
    expect(events[1]?.traits).toEqual({ birthday: '1979-12-31', member: false });
  });

  it('gives back what was rejected as CSV, which is imported by the same definition once it is mended', async () => {
    const { rejected } = await run(xlsxOf(book));

    expect(rejected).toBe(
      [
        '\ufeffrejected_line,rejected_reason,rejected_column,Card,Name,Born,Member,Seen',
        '7,bad_formula,Name,8,#N/A,,,',
        '9,bad_date,Born,9,,soon,,',
        '',
      ].join('\r\n'),
    );
    const again = await run(Buffer.from(rejected.replace('soon', '1980-01-01')), 'mended.csv');
    expect(again.report).toMatchObject({ rows: 2, accepted: 2 });
  });

  it('may count days since 1904, stand in gzip, and have no texts of its own', async () => {
    const rows = `${HEADER.replaceAll(' t="s"', ' t="str"').replace('>0<', '>Card<').replace('>1<', '>Name<').replace('>2<', '>Born<')}<row r="3"><c r="A3"><v>5</v></c><c r="C3" s="1"><v>27759</v></c></row>`;
    const files = workbookFiles({
      sheets: { A: rows },
      styles: STYLES,
      properties: '<workbookPr date1904="1"/>',
    });
    const { 'xl/sharedStrings.xml': _, ...without } = files;

    const { events } = await run(gzipSync(zipOf(without)), 'cards');

    expect(events[0]?.traits).toEqual({ birthday: '1980-01-01' });
  });

  it('is read from the first sheet that is seen, or from the one that the definition names', async () => {
    const other = `${HEADER}<row r="3"><c r="A3"><v>1</v></c></row>`;
    const body = xlsxOf({ ...book, sheets: { Old: '', Cards: ROWS, More: other }, hidden: ['Old'] });

    expect((await run(body)).report.rows).toBe(4);
    expect((await run(body, 'cards.xlsx', ofSheet('More'))).report.rows).toBe(1);
    await expect(run(body, 'cards.xlsx', ofSheet('None'))).rejects.toMatchObject({
      name: 'FileUnreadable',
      message: 'there is no sheet "None" to read: it has "Old", "Cards", "More"',
    });
  });

  it('gives back rows that are taken again as they are, where the definition names a sheet too', async () => {
    const of = ofSheet('Cards');
    const { rejected } = await run(xlsxOf(book), 'cards.xlsx', of);

    const { report } = await run(rejected.replace('soon', '31/12/1979'), 'rejected.csv', of);

    expect(report).toMatchObject({ rows: 2, accepted: 2 });
  });

  const broken = (name: string, content: string) => zipOf({ ...workbookFiles(book), [name]: content });
  it.each([
    ['a zip of something else', zipOf({ 'a.txt': 'a' }), 'FileUnreadable'],
    ['a broken zip', xlsxOf(book).subarray(0, 900), 'FileUnreadable'],
    ['broken XML', broken('xl/workbook.xml', '<workbook'), 'FileUnreadable'],
    [
      'entities of its own',
      broken('xl/workbook.xml', '<!DOCTYPE w [<!ENTITY a "b">]><w>&a;</w>'),
      'FileUnreadable',
    ],
    ['rows in no order', xlsxOf({ sheets: { A: `${ROWS}<row r="3"/>` }, shared: SHARED }), 'FileUnreadable'],
    ['a cell without a place', xlsxOf({ sheets: { A: '<row><c r="1"/></row>' } }), 'FileUnreadable'],
    ['other columns', xlsxOf({ sheets: { A: '<row><c><v>1</v></c></row>' } }), 'ColumnsMissing'],
    ['no row below the first', xlsxOf({ sheets: { A: HEADER }, shared: SHARED }), 'FileEmpty'],
    ['no row', xlsxOf({ sheets: { A: '' } }), 'FileEmpty'],
  ])('is refused: %s', async (_, body, name) => {
    await expect(run(body)).rejects.toMatchObject({ name });
  });

  it('takes no card from a number of which the spreadsheet kept 15 digits', async () => {
    const card = (row: number, number: string, type = 'n') =>
      `<row r="${row}"><c r="A${row}" t="${type}"><v>${number}</v></c></row>`;
    const rows = [
      card(3, '4.00012341234123E15'),
      card(4, '4000123412341230'),
      card(5, '400012341234123'),
      card(6, '4000123412341234', 'str'),
    ];

    const { report, events, rejected } = await run(
      xlsxOf({ ...book, sheets: { A: HEADER + rows.join('') } }),
    );

    expect(report).toMatchObject({ accepted: 2, reasons: { lost_digits: 2 } });
    expect(events.map(({ context }) => context?.externalIds)).toMatchObject([
      [{ id: '400012341234123' }],
      [{ id: '4000123412341234' }],
    ]);
    expect(rejected).toContain('\r\n4,lost_digits,Card,4000123412341230');
  });

  it('rejects a row that is larger than one may be', async () => {
    const long = `<row r="3"><c r="A3" t="str"><v>${'x'.repeat(70_000)}</v></c></row>`;

    const { report, rejected } = await run(xlsxOf({ ...book, sheets: { A: HEADER + long } }));

    expect(report.reasons).toEqual({ row_too_large: 1 });
    expect(rejected).toContain('\r\n3,row_too_large,');
    expect(shop.id).toBe(report.source);
  });
});
