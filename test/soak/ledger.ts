import type { Person } from '#shared/profiles/activity.ts';
import type { Call } from './shopper.ts';

/** What people sent, and what of it stands in the tables. */
export interface Ledger {
  note(key: string, call: Call): void;
  readonly events: () => number;
  compare(people: readonly Person[]): Difference;
}

export interface Difference {
  /** Events that were acknowledged and are counted nowhere. */
  readonly lost: number;
  /** Events that are counted more than once, or that nobody sent. */
  readonly doubled: number;
  /** People whose money is not what they spent, though each event is there once. */
  readonly miscounted: number;
  /** People who are not one, or who are somebody whom nobody is. */
  readonly misjudged: number;
}

/** One person's events by name, and what they spent. */
interface Account {
  readonly events: Map<string, number>;
  cents: number;
}

/** Counts by person, apart from anything of the product. */
export function openLedger(): Ledger {
  const accounts = new Map<string, Account>();
  return {
    note(key, { type, event = type, properties }) {
      const account = accounts.get(key) ?? { events: new Map<string, number>(), cents: 0 };
      accounts.set(key, account);
      account.events.set(event, (account.events.get(event) ?? 0) + 1);
      account.cents += Math.round(Number(properties?.total ?? 0) * 100);
    },
    events: () => [...accounts.values()].reduce((sum, { events }) => sum + total(events), 0),
    compare(people) {
      const found = new Map(
        people.flatMap((person) =>
          Object.keys(person.profile.identifiers).map((key) => [key, person] as const),
        ),
      );
      let [lost, doubled, miscounted] = [0, 0, 0];
      const met = new Set<Person>();
      for (const [key, { events, cents }] of accounts) {
        const person = found.get(key);
        if (person !== undefined) met.add(person);
        const stored = new Map(
          Object.entries(person?.activity.events ?? {}).map(([name, { count }]) => [name, count]),
        );
        for (const name of new Set([...events.keys(), ...stored.keys()])) {
          const more = (stored.get(name) ?? 0) - (events.get(name) ?? 0);
          if (more > 0) doubled += more;
          else lost -= more;
        }
        if ((person?.activity.sums.total_spent?.EUR ?? 0) !== cents) miscounted += 1;
      }
      const misjudged = accounts.size - met.size + people.length - met.size;
      return { lost, doubled, miscounted, misjudged };
    },
  };
}

const total = (events: ReadonlyMap<string, number>): number =>
  [...events.values()].reduce((sum, count) => sum + count, 0);
