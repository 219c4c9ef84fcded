import { describe, expect, it } from 'vitest';
import { CollectedEvent } from '#shared/events/event.ts';
import { Import } from '#shared/imports/import.ts';
import { rowEvents } from '#shared/imports/row-event.ts';
import { readSubscriptions } from '#shared/profiles/subscriptions.ts';

const UPLOADED_AT = Date.UTC(2026, 10, 22);

const identify = (columns: object, said: object = {}) =>
  Import.parse({ id: 'i', name: 'I', source: 'shop', call: 'identify', columns, ...said });
const track = (columns: object, said: object = {}) =>
  Import.parse({ id: 'i', name: 'I', source: 'shop', call: 'track', event: 'Bought', columns, ...said });

const reader = (definition: Import, country?: string) =>
  rowEvents({ definition, country, file: '0123456789abcdef', uploadedAt: UPLOADED_AT });
const read = (definition: Import, cells: readonly unknown[], country?: string) =>
  reader(definition, country)(cells, 7);
const eventOf = (...args: Parameters<typeof read>) => {
  const outcome = read(...args);
  return outcome.kind === 'event' ? outcome.event : outcome;
};

const contacts = identify({
  id: { to: 'userId' },
  device: { to: 'anonymousId' },
  club: { to: 'groupId' },
  mail: { to: 'email' },
  tel: { to: 'phone' },
  card: { to: 'externalId:card' },
  name: { to: 'trait:name' },
  at: { to: 'timestamp' },
});

describe('the event of a row', () => {
  it('is an identify call of all that the row says', () => {
    const event = eventOf(
      contacts,
      [' u1 ', 'a1', 'g1', 'Ada@Example.com', '06 12 34 56 78', 17, ' Ada ', '2025-01-02T03:04:05Z'],
      'FR',
    );

    expect(event).toEqual({
      type: 'identify',
      messageId: 'import-0123456789abcdef-7',
      timestamp: Date.UTC(2025, 0, 2, 3, 4, 5),
      originalTimestamp: Date.UTC(2025, 0, 2, 3, 4, 5),
      userId: 'u1',
      anonymousId: 'a1',
      groupId: 'g1',
      traits: { email: 'ada@example.com', phone: '+33612345678', name: 'Ada' },
      context: { externalIds: [{ id: '17', type: 'card', collection: 'users', encoding: 'none' }] },
    });
    expect(CollectedEvent.safeParse(JSON.parse(JSON.stringify(event))).success).toBe(true);
  });

  it('is a track call that names its person by address as by external ids', () => {
    const definition = track({
      mail: { to: 'email' },
      tel: { to: 'phone' },
      total: { to: 'property:total', type: 'number' },
    });

    expect(eventOf(definition, ['ada@example.com', '+33612345678', '12.5'])).toMatchObject({
      type: 'track',
      event: 'Bought',
      timestamp: UPLOADED_AT,
      originalTimestamp: undefined,
      properties: { total: 12.5 },
      traits: undefined,
      context: {
        externalIds: [
          { id: 'ada@example.com', type: 'email', collection: 'users', encoding: 'none' },
          { id: '+33612345678', type: 'phone', collection: 'users', encoding: 'none' },
        ],
      },
    });
  });

  it('happened when the file was uploaded, where it says a later time', () => {
    expect(eventOf(contacts, ['u1', '', '', '', '', '', '', '2031-01-01'])).toMatchObject({
      timestamp: UPLOADED_AT,
      originalTimestamp: Date.UTC(2031, 0, 1),
    });
  });

  it('has the name that its row says', () => {
    const named = Import.parse({
      ...track({ id: { to: 'userId' }, what: { to: 'event' } }, { event: undefined }),
    });

    expect(eventOf(named, ['u1', ' Order Completed '])).toMatchObject({ event: 'Order Completed' });
    expect(read(named, ['u1', ''])).toEqual({ kind: 'rejected', reason: 'missing_required', column: 'what' });
    for (const name of ['x'.repeat(201), '__proto__', {}]) {
      expect(read(named, ['u1', name])).toEqual({
        kind: 'rejected',
        reason: 'bad_event_name',
        column: 'what',
      });
    }
    expect(eventOf(named, ['u1', 'x'.repeat(200)])).toMatchObject({ event: 'x'.repeat(200) });
  });

  it('states consents as of the time that it says, and none where a cell is blank', () => {
    const definition = identify({
      mail: { to: 'email' },
      since: { to: 'timestamp', type: 'date', required: true },
      ads: { to: 'consent:email/marketing', format: 'opt-in/opt-out' },
      news: { to: 'consent:email/weekly-news' },
      sms: { to: 'consent:sms/marketing' },
    });
    const consentsOf = (...cells: readonly unknown[]) => {
      const event = eventOf(definition, ['ada@example.com', '2025-01-02', ...cells]);
      return 'context' in event ? [event.timestamp, readSubscriptions(event.context)] : event;
    };
    const day = Date.UTC(2025, 0, 2);

    expect(consentsOf('Opt-in', 'nein', 1)).toEqual([
      day,
      [
        { key: 'email/marketing', status: 'granted' },
        { key: 'email/weekly-news', status: 'denied' },
        { key: 'sms/marketing', status: 'granted' },
      ],
    ]);
    expect(consentsOf('opt-out', 'oui', '')).toEqual([
      day,
      [
        { key: 'email/marketing', status: 'denied' },
        { key: 'email/weekly-news', status: 'granted' },
      ],
    ]);
    expect(consentsOf('', '', '')).toEqual([day, []]);
    expect(consentsOf('perhaps', '', '')).toEqual({ kind: 'rejected', reason: 'bad_boolean', column: 'ads' });
  });

  it('says nothing of blank cells', () => {
    const event = eventOf(contacts, ['u1', null, undefined, '', ' ', '', '\t', '']);

    expect(event).toMatchObject({ userId: 'u1', traits: {}, context: undefined, groupId: undefined });
  });

  it("reads phone numbers as of the definition's country, else of the source's", () => {
    const definition = identify({ tel: { to: 'phone' } }, { country: 'DE' });

    expect(eventOf(definition, ['030 901820'], 'FR')).toMatchObject({ traits: { phone: '+4930901820' } });
    expect(read(identify({ tel: { to: 'phone' } }), ['030 901820'], 'FR')).toMatchObject({
      reason: 'bad_phone',
    });
  });

  it.each([
    [['u1', '', '', 'ada', '', '', '', ''], 'bad_email', 'mail'],
    [['u1', '', '', '', '123', '', '', ''], 'bad_phone', 'tel'],
    [['u1', '', '', 'test', '', '', '', ''], 'blocked_identifier', 'mail'],
    [['u1', '', '', '', '000000', '', '', ''], 'blocked_identifier', 'tel'],
    [['undefined', '', '', '', '', '', '', ''], 'blocked_identifier', 'id'],
    [[{}, '', '', '', '', '', '', ''], 'blocked_identifier', 'id'],
    [['u'.repeat(401), '', '', '', '', '', '', ''], 'blocked_identifier', 'id'],
    [['u1', 'guest', '', '', '', '', '', ''], 'blocked_identifier', 'device'],
    [['u1', '', '-1', '', '', '', '', ''], 'blocked_identifier', 'club'],
    [['u1', '', '', '', '', 'none', '', ''], 'blocked_identifier', 'card'],
    [['u1', '', '', '', '', '', 'x'.repeat(769), ''], 'value_too_large', 'name'],
    [['u1', '', '', '', '', '', 'é'.repeat(385), ''], 'value_too_large', 'name'],
    [['u1', '', '', '', '', '', 'x'.repeat(33_000), ''], 'row_too_large', 'name'],
    [['u1', '', '', '', '', '', '', 'soon'], 'bad_date', 'at'],
    [['u1', '', '', '', '', '', '', '1960-01-01'], 'bad_date', 'at'],
  ])('is none of %j: %s', (cells, reason, column) => {
    expect(read(contacts, cells, 'FR')).toEqual({ kind: 'rejected', reason, column });
  });

  it.each([['x'.repeat(766)], ['é'.repeat(383)]])(
    'takes a trait of as many bytes as a profile keeps',
    (name) => {
      expect(read(contacts, ['u1', '', '', '', '', '', name, ''])).toMatchObject({ kind: 'event' });
    },
  );

  it('is none of a row that names nobody', () => {
    expect(read(contacts, ['', '', 'g1', '', '', '', 'Ada', ''])).toEqual({
      kind: 'rejected',
      reason: 'missing_identifier',
    });
    expect(read(track({ mail: { to: 'email' } }), [''])).toMatchObject({ reason: 'missing_identifier' });
  });

  it.each(['mail', 'tel', 'card', 'device'])('names its person by %s alone', (column) => {
    const values = { mail: 'ada@example.com', tel: '+33612345678', card: 'c1', device: 'a1' };
    const cells = Object.keys(contacts.columns).map((name) =>
      name === column ? Reflect.get(values, name) : '',
    );

    expect(read(contacts, cells)).toMatchObject({ kind: 'event' });
  });

  it.each([
    ['text', [[]], 'bad_text'],
    ['number', ['x'], 'bad_number'],
    ['integer', ['1.5'], 'bad_integer'],
    ['boolean', ['perhaps'], 'bad_boolean'],
    ['date', ['x'], 'bad_date'],
    ['datetime', ['x'], 'bad_date'],
    ['country', ['Atlantis'], 'bad_country'],
  ])('is none where a cell is no %s', (type, [cell], reason) => {
    const definition = identify({ id: { to: 'userId' }, it: { to: 'trait:it', type } });

    expect(read(definition, ['u1', cell])).toEqual({ kind: 'rejected', reason, column: 'it' });
  });

  it('is none without what is required', () => {
    const definition = identify({ id: { to: 'userId' }, name: { to: 'trait:name', required: true } });

    expect(read(definition, ['u1', ' '])).toEqual({
      kind: 'rejected',
      reason: 'missing_required',
      column: 'name',
    });
    expect(read(definition, ['u1', 'Ada'])).toMatchObject({ kind: 'event' });
  });

  it('keeps what JSON says as it is, within the bounds of an event', () => {
    const definition = track({ id: { to: 'userId' }, items: { to: 'property:items' } });
    const deep = Array.from({ length: 11 }).reduce<unknown>((value) => [value], 1);

    expect(eventOf(definition, ['u1', [{ sku: 'a', __proto__: 1 }]])).toMatchObject({
      properties: { items: [{ sku: 'a' }] },
    });
    expect(read(definition, ['u1', deep])).toMatchObject({ reason: 'row_too_large' });
    expect(read(definition, ['u1', Array.from({ length: 2_001 }, () => 1)])).toMatchObject({
      reason: 'row_too_large',
    });
  });

  it('counts all texts of a row together', () => {
    const definition = track({
      id: { to: 'userId' },
      a: { to: 'property:a' },
      b: { to: 'property:b' },
    });
    const half = 'x'.repeat(16_383);

    expect(read(definition, ['u1', half, half])).toMatchObject({ kind: 'event' });
    expect(read(definition, ['u1', half, `${half}x`])).toEqual({
      kind: 'rejected',
      reason: 'row_too_large',
      column: 'b',
    });
  });
});
