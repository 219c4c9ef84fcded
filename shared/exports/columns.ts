import type { ComputedRules } from '#shared/computed/computed-rules.ts';
import { readAggregate } from '#shared/computed/read-aggregate.ts';
import type { EpochMs } from '#shared/events/event.ts';
import { IdentifierType } from '#shared/identity/identifier.ts';
import { own } from '#shared/kernel/own.ts';
import type { EventCount, Person } from '#shared/profiles/activity.ts';
import { currentIdentifier } from '#shared/profiles/current-identifier.ts';
import { traitValue } from '#shared/profiles/trait-value.ts';
import { majorText } from '#shared/traits/money.ts';
import type { TraitRules } from '#shared/traits/trait-definition.ts';
import { type ColumnName, columnNameOf, type Export } from './export.ts';

type Cell = (person: Person, at: EpochMs) => string;

/**
 * Makes the function that writes a person's cells, in the order of the definition's columns.
 *
 * Of several identifiers of a type it is the one that is theirs now. An export for a channel passes
 * over those that may not be written to, as eligibility does when it chooses an address.
 */
export function cellsOf({
  columns,
  channel,
  traits,
  computed,
}: Pick<Export, 'columns' | 'channel'> & Pick<CellOptions, 'traits' | 'computed'>): (
  person: Person,
  at: EpochMs,
) => string[] {
  const options = { forChannel: channel !== undefined, traits, computed };
  const cells = columns.map((column) => cellOf(columnNameOf(column), options));
  return function writeCells(person, at) {
    return cells.map((cell) => cell(person, at));
  };
}

interface CellOptions {
  readonly forChannel: boolean;
  readonly traits: TraitRules;
  readonly computed: ComputedRules;
}

/** A column's kind, before its first colon, to what reads the rest of its name. */
const CELLS: Readonly<Record<string, (rest: string, options: CellOptions) => Cell>> = {
  pid:
    () =>
    ({ pid }) =>
      pid,

  segments:
    () =>
    ({ activity }) =>
      Object.keys(activity.segments).toSorted().join(';'),

  identifier(text, { forChannel, traits }) {
    const type = IdentifierType.parse(text);
    return (person) => {
      const { suppressed } = person.profile;
      const isOpen = (key: string): boolean => !forChannel || own(suppressed, key) === undefined;
      return currentIdentifier(person, [type], { traits, isOpen }) ?? '';
    };
  },

  trait(name, { traits }) {
    const read = traitValue(name, traits);
    return (person) => textOf(read(person));
  },

  computed(id, { computed }) {
    const ref = computed.named.get(id);
    return ({ activity }, at) => {
      if (ref === undefined) return '';
      const { value, exact } = readAggregate(activity, ref, at);
      return exact ?? textOf(value);
    };
  },

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

function cellOf(column: ColumnName, options: CellOptions): Cell {
  const at = column.indexOf(':');
  const make = CELLS[at === -1 ? column : column.slice(0, at)];
  if (make === undefined) throw new TypeError(`no column of the kind of ${column}`);
  return make(column.slice(at + 1), options);
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

/** A trait as text: nothing where there is none, JSON for what is no scalar. */
function textOf(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
