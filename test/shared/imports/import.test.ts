import { describe, expect, it } from 'vitest';
import { Import, typeOf } from '#shared/imports/import.ts';

const definition = (said: object = {}) => ({
  id: 'contacts',
  name: 'Contacts',
  source: 'shop',
  call: 'identify',
  columns: { email: { to: 'email' } },
  ...said,
});

const faults = (value: unknown): readonly string[] => {
  const parsed = Import.safeParse(value);
  return parsed.success
    ? []
    : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
};
const faultsOf = (column: object, said: object = {}): readonly string[] =>
  faults(definition({ columns: { email: { to: 'email' }, it: column }, ...said }));

describe('the definition of an import', () => {
  it.each([
    ['the least', {}],
    ['every format', { format: { type: 'csv', delimiter: '|', encoding: 'utf-16le', quote: "'" } }],
    ['a sheet', { format: { type: 'xlsx', sheet: 'Cards' } }],
    ['a track of one name', { call: 'track', event: 'Order Completed' }],
    [
      'a track named by a column',
      { call: 'track', columns: { id: { to: 'userId' }, what: { to: 'event' } } },
    ],
  ])('may be %s', (_, said) => {
    expect(faults(definition(said))).toEqual([]);
  });

  it.each([
    [{ to: 'trait:born', type: 'date', format: 'dd/MM/yyyy', timeZone: 'Europe/Paris' }],
    [{ to: 'trait:sum', type: 'number', decimal: ',' }],
    [{ to: 'trait:yes', type: 'boolean', format: 'oui/non' }],
    [{ to: 'trait:land', type: 'country', required: true }],
    [{ to: 'timestamp', type: 'date', format: 'excel' }],
    [{ to: 'timestamp', format: 'epochSeconds' }],
  ])('may have the column %j', (column) => {
    expect(faultsOf(column)).toEqual([]);
  });

  it.each([
    [{ to: 'nothing' }, 'columns.it.to: userId,'],
    [{ to: 'phone', type: 'text' }, 'columns.it.type: goes with trait'],
    [{ to: 'timestamp', type: 'date', format: 'ja/nein' }, 'columns.it.format: of dates'],
    [{ to: 'timestamp', type: 'number' }, 'columns.it.type: date or datetime'],
    [{ to: 'trait:born', type: 'date', format: 'dd/MM/yy' }, 'columns.it.format: of dates'],
    [{ to: 'trait:yes', type: 'boolean', format: 'oui' }, 'columns.it.format: of dates'],
    [{ to: 'trait:name', format: 'iso' }, 'columns.it.format: of dates'],
    [{ to: 'trait:name', decimal: ',' }, 'columns.it.decimal: goes with number'],
    [{ to: 'trait:name', timeZone: 'Europe/Paris' }, 'columns.it.timeZone: goes with dates'],
    [{ to: 'trait:born', type: 'date', timeZone: '+01:00' }, 'columns.it.timeZone: an IANA'],
    [{ to: 'email' }, 'columns.it.to: a second column that fills email'],
    [{ to: 'property:total' }, 'columns.it.to: goes with track'],
    [{ to: 'event' }, 'columns.it.to: goes with track'],
  ])('may not have the column %j', (column, fault) => {
    expect(faultsOf(column)).toEqual([expect.stringContaining(fault)]);
  });

  it('may state consents where each row says since when', () => {
    const consent = { to: 'consent:email/marketing', format: 'opt-in/opt-out' };
    const undated = 'columns.it.to: goes with a required column for timestamp: when they said so';
    const of = (columns: object, said: object = {}) =>
      faults(definition({ columns: { email: { to: 'email' }, it: consent, ...columns }, ...said }));

    expect(of({ when: { to: 'timestamp', required: true } })).toEqual([]);
    expect(of({ when: { to: 'timestamp' } })).toEqual([undated]);
    expect(of({ since: { to: 'trait:since', required: true } })).toEqual([undated]);
    expect(of({ when: { to: 'timestamp', required: true } }, { call: 'track', event: 'Joined' })).toEqual([
      'columns.it.to: goes with identify, not track',
    ]);
  });

  it.each([
    ['nobody named', { columns: { name: { to: 'trait:name' } } }, 'columns: one that names the person'],
    ['a track without a name', { call: 'track' }, 'event: the name of the events'],
    [
      'a track with two',
      { call: 'track', event: 'A', columns: { id: { to: 'userId' }, what: { to: 'event' } } },
      'event: the name of the events',
    ],
    ['an identify with a name', { event: 'A' }, 'event: goes with track'],
    [
      'traits of a track',
      { call: 'track', event: 'A', columns: { id: { to: 'userId' }, name: { to: 'trait:name' } } },
      'columns.name.to: goes with identify',
    ],
    ['a column of blanks', { columns: { ' email': { to: 'email' } } }, 'columns'],
    [
      'more columns than a row may fill',
      {
        columns: Object.fromEntries([
          ['email', { to: 'email' }],
          ...Array.from({ length: 200 }, (_, n) => [`c${n}`, { to: `trait:c${n}` }]),
        ]),
      },
      'columns: at most 200',
    ],
    [
      'more external ids than an event names its person by',
      {
        columns: Object.fromEntries(
          Array.from({ length: 11 }, (_, n) => [`c${n}`, { to: `externalId:c${n}` }]),
        ),
      },
      'columns: at most 10',
    ],
    [
      'addresses among these, in a track',
      {
        call: 'track',
        event: 'A',
        columns: Object.fromEntries([
          ['email', { to: 'email' }],
          ...Array.from({ length: 10 }, (_, n) => [`c${n}`, { to: `externalId:c${n}` }]),
        ]),
      },
      'columns: at most 10',
    ],
  ])('may not have %s', (_, said, fault) => {
    expect(faults(definition(said))).toEqual([expect.stringContaining(fault)]);
  });

  it('reads a timestamp as a moment unless it says that it is a day', () => {
    expect(typeOf({ to: 'timestamp' })).toBe('datetime');
    expect(typeOf({ to: 'timestamp', type: 'date' })).toBe('date');
    expect(typeOf({ to: 'trait:name' })).toBeUndefined();
  });
});
