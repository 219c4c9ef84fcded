import { describe, expect, it } from 'vitest';
import { columnNameOf, Export, headerOf } from '#shared/exports/export.ts';

const loyal = { id: 'loyal-file', name: 'Loyal customers', segment: 'loyal', columns: ['pid'] };

/** Where each fault of a definition stands, and what it says. */
const faults = (definition: unknown) =>
  Export.safeParse(definition).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ??
  [];

describe('an export', () => {
  it('is a segment, its columns and a format', () => {
    expect(Export.parse(loyal)).toEqual({ ...loyal, format: 'csv' });
  });

  it.each([
    'pid',
    'segments',
    'identifier:email',
    'identifier:anonymousId',
    'trait:city',
    'trait:address.postal code',
    'consent:email/marketing',
    'event:Order Completed:count',
    'event:Cart: Viewed:last',
    'sum:total_spent:EUR',
  ])('takes the column %s', (column) => {
    expect(faults({ ...loyal, columns: [column] })).toEqual([]);
  });

  it.each([
    '',
    'email',
    'identifier:',
    'identifier:fax',
    'trait:',
    'consent:email',
    'consent:fax/marketing',
    'event:Order Completed',
    'event:Order Completed:sum',
    'sum:total_spent',
    'sum:total_spent:eur',
  ])('refuses the column %j, and says where and what is allowed', (column) => {
    expect(faults({ ...loyal, columns: ['pid', column] })).toEqual([
      expect.stringMatching(/^columns\.1: pid, segments, identifier:</),
    ]);
    expect(faults({ ...loyal, columns: ['pid', { column }] })).toEqual([
      expect.stringMatching(/^columns\.1\.column: pid, segments, identifier:</),
    ]);
  });

  it.each([
    { change: { channel: 'email' }, fault: 'purpose: channel and purpose come together or not at all' },
    { change: { purpose: 'marketing' }, fault: 'channel: channel and purpose come together or not at all' },
    {
      change: { columns: ['pid', { column: 'trait:x', header: 'pid' }] },
      fault: 'columns.1: a second column named pid',
    },
    { change: { columns: [] }, fault: expect.stringMatching(/^columns: /) },
    { change: { id: 'Not a slug' }, fault: expect.stringMatching(/^id: lower case letters/) },
    { change: { colour: 'red' }, fault: expect.stringMatching(/Unrecognized key: "colour"/) },
  ])('refuses $change', ({ change, fault }) => {
    expect(faults({ ...loyal, ...change })).toEqual([fault]);
  });

  it('names its columns by their header, or else by themselves', () => {
    const columns = ['pid', { column: 'trait:city' }, { column: 'trait:city', header: 'Ville' }];
    const parsed = Export.parse({ ...loyal, columns: [columns[0], columns[2]] }).columns;

    expect(parsed.map(headerOf)).toEqual(['pid', 'Ville']);
    expect(parsed.map(columnNameOf)).toEqual(['pid', 'trait:city']);
  });
});
