import { own } from '#shared/kernel/own.ts';
import type { Person } from './activity.ts';
import type { Parts } from './unmerge-counts.ts';

type Records<T> = Readonly<Record<string, T>>;

/** How one kind of register is told apart and joined. */
interface RegisterKind<T> {
  readonly of: (person: Person) => Records<T>;
  /** Equal for two copies of one write. */
  readonly stamp: (entry: T) => string;
  readonly join: (a: T, b: T) => T;
}

/**
 * The registers of a survivor without those who are gone: a write of theirs gives way to what the
 * survivor, and those whom they keep, had besides. What such a write had pushed out in the meantime
 * is not known any more.
 */
export function separateRegisters<T>(
  { now, own: mine, kept, gone }: Parts,
  { of, stamp, join }: RegisterKind<T>,
): Record<string, T> {
  const [before, ...mixed] = mine;
  const left: Record<string, T> = {};
  const entriesOf = (people: readonly Person[]) => people.flatMap((person) => Object.entries(of(person)));
  const taken = new Set(entriesOf(gone).map(([key, entry]) => `${key}\n${stamp(entry)}`));
  const rest = entriesOf([now, ...mixed]).filter(([key, entry]) => !taken.has(`${key}\n${stamp(entry)}`));
  for (const [key, entry] of [...entriesOf([before, ...kept]), ...rest]) {
    const other = own(left, key);
    left[key] = other === undefined ? entry : join(other, entry);
  }
  return left;
}

/** The entries of `now` that none of these people brought: written since they were merged. */
export function writtenSince<T>(
  { now, own: mine, kept, gone }: Parts,
  { of, stamp }: Pick<RegisterKind<T>, 'of' | 'stamp'>,
): readonly (readonly [key: string, entry: T])[] {
  const known = new Set(
    [...mine, ...kept, ...gone].flatMap((person) =>
      Object.entries(of(person)).map(([key, entry]) => `${key}\n${stamp(entry)}`),
    ),
  );
  return Object.entries(of(now)).filter(([key, entry]) => !known.has(`${key}\n${stamp(entry)}`));
}
