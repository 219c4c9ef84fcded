import { IdentifierType, identifierOf } from '#shared/identity/identifier.ts';
import type { EventCount, Person } from '#shared/profiles/activity.ts';
import type { Link } from '#shared/profiles/profile.ts';
import { majorText } from '#shared/traits/money.ts';
import { type ColumnName, columnNameOf, type Export } from './export.ts';

/** Whose row it is, and the address that they may be reached at, where the export is for a channel. */
export interface Row {
  readonly person: Person;
  readonly address?: string | undefined;
}

type Cell = (row: Row) => string;

/** The identifier that is the address of a channel. */
const ADDRESS_OF = { email: 'email', sms: 'phone', post: undefined, ads: undefined } as const;

/**
 * Makes the function that writes a person's cells, in the order of the definition's columns.
 *
 * In an export for a channel the column of that channel's identifier holds the address that
 * eligibility chose: another one of the same person may be suppressed.
 */
export function cellsOf({ columns, channel }: Pick<Export, 'columns' | 'channel'>): (row: Row) => string[] {
  const address = channel === undefined ? undefined : ADDRESS_OF[channel];
  const cells = columns.map((column) => {
    const name = columnNameOf(column);
    const cell = cellOf(name);
    return address !== undefined && name === `identifier:${address}`
      ? (row: Row) => row.address ?? cell(row)
      : cell;
  });
  return function writeCells(row) {
    return cells.map((cell) => cell(row));
  };
}

/** A column's kind, before its first colon, to what reads the rest of its name. */
const CELLS: Record<string, (rest: string) => Cell> = {
  pid:
    () =>
    ({ person }) =>
      person.pid,

  segments:
    () =>
    ({ person }) =>
      Object.keys(person.activity.segments).toSorted().join(';'),

  identifier(type) {
    const wanted = IdentifierType.parse(type);
    return ({ person }) => latestIdentifier(person, wanted);
  },

  trait:
    (name) =>
    ({ person }) =>
      textOf(own(person.profile.traits, name)?.value),

  consent:
    (key) =>
    ({ person }) =>
      own(person.profile.consents, key)?.status ?? '',

  event(rest) {
    const [name, what] = splitLast(rest);
    return ({ person: { activity } }) => {
      const counted = own(activity.events, name);
      // Beyond the names that are counted one by one nobody knows whether it happened
      if (counted === undefined) return what === 'count' && activity.otherEvents === 0 ? '0' : '';
      return eventText(counted, what);
    };
  },

  sum(rest) {
    const [name, currency] = splitLast(rest);
    return ({ person: { activity } }) =>
      majorText(own(own(activity.sums, name) ?? {}, currency) ?? 0, currency);
  },
};

function cellOf(column: ColumnName): Cell {
  const at = column.indexOf(':');
  const make = CELLS[at === -1 ? column : column.slice(0, at)];
  if (make === undefined) throw new TypeError(`no column of the kind of ${column}`);
  return make(column.slice(at + 1));
}

/** Event and trait names may hold colons themselves; what follows the last one never does. */
function splitLast(text: string): [name: string, last: string] {
  const at = text.lastIndexOf(':');
  return [text.slice(0, at), text.slice(at + 1)];
}

function eventText({ count, first, last }: EventCount, what: string): string {
  if (what === 'count') return String(count);
  return new Date(what === 'first' ? first : last).toISOString();
}

/** Of several, the most recently linked: registers are ordered by time, then by id. */
function latestIdentifier({ profile }: Person, type: IdentifierType): string {
  let latest: { value: string; link: Link } | undefined;
  for (const [key, link] of Object.entries(profile.identifiers)) {
    if (!key.startsWith(`${type}#`)) continue;
    if (latest === undefined || isLater(link, latest.link)) latest = { value: identifierOf(key).value, link };
  }
  return latest?.value ?? '';
}

function isLater(a: Link, b: Link): boolean {
  return a.at === b.at ? a.id > b.id : a.at > b.at;
}

/** A trait as text: nothing for a tombstone, JSON for what is no scalar. */
function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Names are the senders' own: `constructor` must not find what every object inherits. */
function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
