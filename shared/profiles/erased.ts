import type { EpochMs, Pid } from '#shared/events/event.ts';
import { identifierKey, identityRow } from '#shared/identity/identifier.ts';
import { type Identified, rowsOf } from '#shared/identity/resolve.ts';
import type { IdentityRules } from '#shared/identity/rules.ts';

/** Who of those that a batch may be about was erased, and when. */
export interface Erased {
  /** By the pid asked for, of those who are nobody any more. */
  readonly people: ReadonlyMap<Pid, EpochMs>;
  /** By row of `identities`: of whoever has it, or had it before somebody new. */
  readonly rows: ReadonlyMap<string, EpochMs>;
}

export const NOBODY_ERASED: Erased = { people: new Map(), rows: new Map() };

/** A row that an erased person left, and that somebody new may take. */
export interface VacantRow {
  readonly pid: Pid;
  readonly erasedAt: EpochMs;
}

/** Rows by which nobody is known any more, though they are there yet. */
export function vacantRows(
  owners: ReadonlyMap<string, Pid>,
  { people, rows }: Erased,
): ReadonlyMap<string, VacantRow> {
  const vacant = new Map<string, VacantRow>();
  for (const [row, pid] of owners) {
    const erasedAt = rows.get(row);
    if (people.has(pid) && erasedAt !== undefined) vacant.set(row, { pid, erasedAt });
  }
  return vacant;
}

interface Context {
  readonly erased: Erased;
  /** Whether somebody who is not erased has a row. */
  readonly isOwned: (row: string) => boolean;
  readonly rules: IdentityRules;
}

/**
 * An event without what it says of people who were erased after it happened.
 *
 * The strongest of its identifiers that anybody has, or had, decides: where that one was erased, the
 * event is theirs, and nothing of it may stay. Otherwise it is somebody else's, or nobody's yet, and only
 * leaves out what points at the erased. What happened after an erasure is somebody new's.
 *
 * @returns `undefined` for an event of an erased person.
 */
export function lessErased<E extends Identified>(
  event: E & { readonly at: EpochMs },
  { erased, isOwned, rules }: Context,
): E | undefined {
  if (erased.rows.size === 0) return event;
  const standing = (key: string): 'erased' | 'owned' | undefined => {
    for (const row of rowsOf(key, event.legalEntity, rules)) {
      if (event.at <= (erased.rows.get(row) ?? Number.NEGATIVE_INFINITY)) return 'erased';
      if (isOwned(row)) return 'owned';
    }
    return undefined;
  };

  const former = formerKeys(event);
  const visitor = former !== undefined && standing(former.user) === 'erased' ? former.visitor : undefined;
  const left: string[] = [];
  let isDecided = false;
  for (const key of event.identifiers) {
    const stands = standing(key);
    if (stands === 'erased' && !isDecided) return undefined;
    isDecided ||= stands === 'owned';
    if (stands !== 'erased' && key !== visitor) left.push(key);
  }
  const rows = left.map((key) => identityRow(event.legalEntity, key));
  return { ...event, identifiers: left, rows };
}

/** What an alias call says that its user was called before, as a user or as a visitor. */
const formerKeys = ({ previousId, identifiers }: Identified) =>
  previousId === undefined || identifiers.length < 2
    ? undefined
    : {
        user: identifierKey({ type: 'userId', value: previousId }),
        visitor: identifierKey({ type: 'anonymousId', value: previousId }),
      };
