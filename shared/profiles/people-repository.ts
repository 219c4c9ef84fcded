import type { ContactTime } from '#shared/events/email-events.ts';
import type { EpochMs, Pid } from '#shared/events/event.ts';
import type { Person, SeenId, Transitions } from './activity.ts';
import type { Conflict } from './conflict.ts';
import type { VacantRow } from './erased.ts';
import type { MergeLog } from './merge-log.ts';
import type { TimelineChunk, TimelineRecord } from './timeline.ts';

/** A person as they are to be; `activity.version` is that of this write, one more than was read. */
export interface PersonWrite {
  readonly person: Person;
  /** Whether `!profile` is written too, in one transaction with `!activity`. */
  readonly profileChanged: boolean;
  /** Rows of identifiers that nobody has: they become this person's in the same transaction. */
  readonly claims: readonly string[];
  /** The rows, by themselves, that erased people left: who claims one takes it over, with when that was. */
  readonly vacant?: ReadonlyMap<string, VacantRow>;
  /** What goes onto the list of conflicts in the same transaction. */
  readonly conflicts?: readonly Conflict[];
  /** The outbox, in a write that causes a transition. */
  readonly transitions?: Transitions | undefined;
  /** Fingerprints of messages that this write applies, or found applied, and that are told by it for ever. */
  readonly redriven?: readonly string[];
}

/** Two people as they are to be: the winner, and what remains of the loser. */
export interface MergeWrite {
  readonly winner: Person;
  readonly winnerTransitions?: Transitions | undefined;
  /** Both as read: kept whole beside the log, for audit and for undoing. */
  readonly before: { readonly winner: Person; readonly loser: Person };
  readonly loserTransitions?: Transitions | undefined;
  readonly log: Pick<MergeLog, 'at' | 'cause'>;
}

/**
 * Where people are kept. Its promises are tested in `test/contract/people-repository.ts`.
 *
 * Reads may be stale unless `consistent`; writes are conditioned on the version that was read, so a
 * stale read can only cost an attempt.
 */
export interface PeopleRepository {
  /** By each pid asked for, merges followed; nobody for a pid that was never stored. */
  findMany(
    pids: readonly Pid[],
    options?: { readonly consistent?: boolean },
  ): Promise<ReadonlyMap<Pid, Person>>;

  /** Of these people those who were erased, or absorbed by somebody who was, and when; always consistent. */
  findErased(pids: readonly Pid[]): Promise<ReadonlyMap<Pid, EpochMs>>;

  /** Which of these ids the spills of these people know as applied; always consistent. */
  findSpilled(pids: readonly Pid[], ids: readonly SeenId[]): Promise<ReadonlySet<string>>;

  /** Makes ids durable in a person's spill; to repeat it changes nothing. */
  spill(pid: Pid, ids: readonly SeenId[]): Promise<void>;

  /** Which of these messages were applied with a note for ever, to any of these people; always consistent. */
  findRedriven(pids: readonly Pid[], ids: readonly string[]): Promise<ReadonlySet<string>>;

  /** Notes for ever that messages were applied to a person; to repeat it changes nothing. */
  keepRedriven(pid: Pid, ids: readonly string[]): Promise<void>;

  /** Keeps chunks of timelines; a chunk of the same id is replaced. */
  keepTimeline(chunks: readonly TimelineChunk[]): Promise<void>;

  /** Fingerprints of the messages that the timelines of these people hold of some records; always consistent. */
  findTold(pids: readonly Pid[], records: readonly TimelineRecord[]): Promise<ReadonlySet<string>>;

  /** Joins what came of a message into its `contact#` item: the earliest time of each kind stays. */
  joinContact(contact: {
    readonly pid: Pid;
    readonly id: string;
    readonly field: ContactTime;
    readonly at: EpochMs;
  }): Promise<void>;

  /**
   * Writes a person over the version before, or does nothing and says `conflict`: also where one of
   * `redriven` is noted already.
   */
  write(change: PersonWrite): Promise<'written' | 'conflict'>;

  /**
   * Writes both sides of a merge and its log at once, over the versions before, or does nothing and
   * says `conflict`. What is left of the loser spends a version, also of one that was never stored.
   */
  merge(change: MergeWrite): Promise<'merged' | 'conflict'>;
}

/** Whose an identifier is. */
export interface Owner {
  /** As stored: they may have been absorbed or erased since. */
  readonly pid: Pid;
  /** When somebody was erased whose it was, this one or one before. */
  readonly erasedAt?: EpochMs | undefined;
}

/** Who has an identifier. */
export interface IdentityRepository {
  /** By row, `<legal entity>#<type>#<value>`. */
  owners(
    rows: readonly string[],
    options?: { readonly consistent?: boolean },
  ): Promise<ReadonlyMap<string, Owner>>;

  /** Points identifiers of an absorbed person at the survivor; one that moved meanwhile is left. */
  repoint(rows: readonly { readonly key: string; readonly from: Pid; readonly to: Pid }[]): Promise<void>;

  /** Notes on rows that whose they were is erased, and lets them expire; one that moved meanwhile is left. */
  vacate(
    rows: readonly { readonly key: string; readonly from: Pid }[],
    erased: { readonly at: EpochMs; readonly until: EpochMs },
  ): Promise<void>;
}
