import type { Pid } from '#shared/events/event.ts';
import type { Person, Transitions } from './activity.ts';
import type { MergeLog, Parting } from './merge-log.ts';

/** Which merge: a survivor absorbs somebody once. */
export type MergeOf = Pick<MergeLog, 'winner' | 'loser' | 'at'>;

export type MergeSide = 'winner' | 'loser';

/** What stands in the place of somebody who was absorbed. */
export interface Tombstone {
  readonly mergedInto: Pid;
  readonly version: number;
}

/** Two people as they are to be once they are set apart. */
export interface UnmergeWrite {
  readonly log: MergeLog;
  /** Of one version more than was read. */
  readonly survivor: Person;
  readonly survivorTransitions?: Transitions | undefined;
  /** Of one version more than the tombstone in their place. */
  readonly loser: Person;
  readonly loserTransitions?: Transitions | undefined;
  readonly parting: Parting;
}

/**
 * What is kept of merges. Its promises are tested in `test/contract/merge-repository.ts`.
 *
 * All reads are consistent.
 */
export interface MergeRepository {
  /** Of these people those who were absorbed and still are. */
  tombstones(pids: readonly Pid[]): Promise<ReadonlyMap<Pid, Tombstone>>;

  /** The logs of these merges, as far as there are any, in no order. */
  logs(merges: readonly MergeOf[]): Promise<readonly MergeLog[]>;

  /** All merges by which this person absorbed somebody themselves, undone ones too. */
  logsOf(winner: Pid): Promise<readonly MergeLog[]>;

  /** A side of a merge as it was before. @throws {TypeError} where none is kept. */
  snapshot(merge: MergeOf, side: MergeSide): Promise<Person>;

  /** When this person was set apart from others, on either side of it, the earliest first. */
  partingsOf(pid: Pid): Promise<readonly Parting[]>;

  /**
   * Writes both people, the undone log and the parting at once; or does nothing and says `conflict`,
   * when either has changed since or the merge is undone already.
   */
  unmerge(change: UnmergeWrite): Promise<'unmerged' | 'conflict'>;
}
