import { IdentifierType } from '#shared/identity/identifier.ts';
import { own } from '#shared/kernel/own.ts';
import type { EventCount, Person } from '#shared/profiles/activity.ts';
import { currentIdentifier } from '#shared/profiles/current-identifier.ts';
import { majorText } from '#shared/traits/money.ts';
import { type ColumnName, columnNameOf, type Export } from './export.ts';

type Cell = (person: Person) => string;

/**
 * Makes the function that writes a person's cells, in the order of the definition's columns.
 *
 * Of several identifiers of a type it is the one that is theirs now. An export for a channel passes
 * over those that may not be written to, as eligibility does when it chooses an address.
 */
export function cellsOf({
  columns,
  channel,
}: Pick<Export, 'columns' | 'channel'>): (person: Person) => string[] {
  const cells = columns.map((column) => cellOf(columnNameOf(column), channel !== undefined));
  return function writeCells(person) {
    return cells.map((cell) => cell(person));
  };
}

/** A column's kind, before its first colon, to what reads the rest of its name. */
const CELLS: Readonly<Record<string, (rest: string, forChannel: boolean) => Cell>> = {
  pid:
    () =>
    ({ pid }) =>
      pid,

  segments:
    () =>
    ({ activity }) =>
      Object.keys(activity.segments).toSorted().join(';'),

  identifier(text, forChannel) {
    const type = IdentifierType.parse(text);
    return ({ profile }) => {
      const isOpen = (key: string): boolean => !forChannel || own(profile.suppressed, key) === undefined;
      return currentIdentifier(profile, [type], isOpen) ?? '';
    };
  },

  trait:
    (name) =>
    ({ profile }) =>
      textOf(own(profile.traits, name)?.value),

  consent:
    (key) =>
    ({ profile }) =>
      own(profile.consents, key)?.status ?? '',

  event(rest) {
    const [name, what] = splitLast(rest);
    return ({ activity }) => {
      const counted = own(activity.events, name);
      // Beyond the names that are counted one by one nobody knows whether it happened
      if (counted === undefined) return what === 'count' && activity.otherEvents === 0 ? '0' : '';
      return eventText(counted, what);
    };
  },

  sum(rest) {
    const [name, currency] = splitLast(rest);
    return ({ activity }) => majorText(own(own(activity.sums, name) ?? {}, currency) ?? 0, currency);
  },
};

function cellOf(column: ColumnName, forChannel: boolean): Cell {
  const at = column.indexOf(':');
  const make = CELLS[at === -1 ? column : column.slice(0, at)];
  if (make === undefined) throw new TypeError(`no column of the kind of ${column}`);
  return make(column.slice(at + 1), forChannel);
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

/** A trait as text: nothing for a tombstone, JSON for what is no scalar. */
function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
