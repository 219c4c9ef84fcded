import { forEachConcurrently } from '#functions/runtime/concurrency.ts';
import { describeFault, isHopeless } from '#functions/runtime/fault.ts';
import { logger } from '#functions/runtime/telemetry.ts';
import type { Pid } from '#shared/events/event.ts';
import type { Person } from '#shared/profiles/activity.ts';
import type { ApplyPorts } from './apply-records.ts';
import { evaluatePerson } from './evaluate-person.ts';

/** People whom it is time to look at. */
export interface Tick {
  readonly pids: readonly Pid[];
  /** Whether its record has come again for so long that the mapping would soon give it up. */
  readonly isOverdue: boolean;
}

/** What came of looking at people, counted for metrics. */
export interface DeadlineCounts {
  /** Who was due, and is written. */
  met: number;
  /** Of those the one whose deadline had passed longest ago. */
  lagMs: number;
  /** Who stays as they are for now, since they cannot be read or written: the index has them still. */
  left: number;
}

type DeadlinePorts = Pick<ApplyPorts, 'people' | 'definitions' | 'now' | 'pause'>;

const AT_ONCE = 16;

/**
 * Looks at people whose segments may have changed though nothing happened, and writes where they stand
 * now with when they are to be looked at next.
 *
 * To repeat it, or to come late or for nothing, costs a read: only who is due is written, over the version
 * that was read. Only this write, or an event's, takes somebody off the index: whoever is left is put on
 * the stream again by the sweep. So nobody is tried again for ever, and a person who cannot be read holds
 * up nobody else.
 *
 * @throws {PersonContentionError} when others write to somebody all the time; whoever is written stays so.
 * @throws whatever may pass: the records come again.
 */
export async function meetDeadlines(ticks: readonly Tick[], ports: DeadlinePorts): Promise<DeadlineCounts> {
  const counts: DeadlineCounts = { met: 0, lagMs: 0, left: 0 };
  const overdue = pidsOf(ticks.filter(({ isOverdue }) => isOverdue));
  let fault: unknown;

  /** Who failed for good, or for longer than may be waited for, is left to the sweep; others come again. */
  const leave = (pids: readonly Pid[], reason: unknown): void => {
    if (isHopeless(reason) || pids.every((pid) => overdue.has(pid))) {
      counts.left += pids.length;
      logger.error('a deadline is left to the next sweep', describeFault(reason));
    } else {
      fault ??= reason;
    }
  };

  const people = await readEach([...pidsOf(ticks)], { ports, leave });
  await forEachConcurrently(people, AT_ONCE, async (person) => {
    const { dueAt } = person.activity;
    const at = ports.now();
    if (dueAt === undefined || dueAt > at) return;
    try {
      const evaluated = await evaluatePerson(person, ports);
      if (evaluated?.isWritten !== true) return;
      counts.met += 1;
      counts.lagMs = Math.max(counts.lagMs, at - dueAt);
    } catch (reason) {
      leave([person.pid], reason);
    }
  });

  if (fault !== undefined) throw fault;
  return counts;
}

const pidsOf = (ticks: readonly Tick[]): Set<Pid> => new Set(ticks.flatMap(({ pids }) => pids));

interface ReadOptions {
  readonly ports: DeadlinePorts;
  readonly leave: (pids: readonly Pid[], reason: unknown) => void;
}

/** Everybody once, merges followed; where somebody cannot be read, the others all the same. */
async function readEach(pids: readonly Pid[], options: ReadOptions): Promise<readonly Person[]> {
  try {
    const found = await options.ports.people.findMany(pids, { consistent: true });
    return [...new Map([...found.values()].map((person) => [person.pid, person])).values()];
  } catch (reason) {
    if (pids.length === 1 || !isHopeless(reason)) {
      options.leave(pids, reason);
      return [];
    }
    const half = Math.ceil(pids.length / 2);
    const first = await readEach(pids.slice(0, half), options);
    return [...first, ...(await readEach(pids.slice(half), options))];
  }
}
