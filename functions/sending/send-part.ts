import { PartUnfinishedError } from '#functions/runs/part-unfinished.ts';
import { forEachConcurrently } from '#functions/runtime/concurrency.ts';
import type { EpochMs, Pid } from '#shared/events/event.ts';
import {
  type MemberOutcome,
  type SendJob,
  type SendPorts,
  sendToPerson,
} from '#shared/sending/send-to-person.ts';

const timeIsUp = (done: number, members: number): PartUnfinishedError =>
  new PartUnfinishedError(`time was up after ${done} of ${members} members; the part is to be tried again`);

/** What a part of a run came to, by outcome; the same however often the part is repeated. */
export interface PartReport {
  readonly sent: number;
  readonly unknown: number;
  readonly failed: number;
  readonly excluded: Readonly<Record<string, number>>;
}

/** A message under way needs this long at the worst: a reservation, a call to the provider, a confirmation. */
export const LAST_START_MS = 30_000;
const CONCURRENCY = 8;
/** People are read this many at a time, shortly before they are written to. */
const PAGE = 50;

export interface PartPorts extends Omit<SendPorts, 'backOff'> {
  readonly remainingMs: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly random: () => number;
}

/**
 * Sends to every member of a part, each at most once in the whole run.
 *
 * It may be repeated after any interruption, and may run twice at once: whoever was dealt with counts
 * as what became of them, and is not written to again. It ends in good time, by throwing.
 */
export async function sendPart(pids: readonly Pid[], job: SendJob, ports: PartPorts): Promise<PartReport> {
  const outcomes: MemberOutcome[] = [];
  const sendPorts: SendPorts = { ...ports, backOff: backOff(ports) };

  for (let at = 0; at < pids.length; at += PAGE) {
    const page = pids.slice(at, at + PAGE);
    const people = await ports.people.findMany(page);
    await forEachConcurrently(page, CONCURRENCY, async (pid) => {
      if (ports.remainingMs() < LAST_START_MS) throw timeIsUp(outcomes.length, pids.length);
      outcomes.push(await sendToPerson({ pid, person: people.get(pid) }, job, sendPorts));
    });
  }
  return reportOf(outcomes);
}

const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 5_000;

/** Waits longer each time, up to a bound and by chance, so that parts do not come back all at once. */
function backOff({ remainingMs, sleep, random }: PartPorts): SendPorts['backOff'] {
  return async (attempt) => {
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1)) * (0.5 + random() / 2);
    if (remainingMs() - wait < LAST_START_MS) return false;
    await sleep(wait);
    return true;
  };
}

function reportOf(outcomes: readonly MemberOutcome[]): PartReport {
  const count = (kind: MemberOutcome['kind']) => outcomes.filter((outcome) => outcome.kind === kind).length;
  const excluded: Record<string, number> = {};
  for (const outcome of outcomes) {
    if (outcome.kind === 'excluded') excluded[outcome.reason] = (excluded[outcome.reason] ?? 0) + 1;
  }
  return { sent: count('sent'), unknown: count('unknown'), failed: count('failed'), excluded };
}

/** The clock of a real machine. */
export const realTime = {
  now: (): EpochMs => Date.now(),
  sleep: (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms)),
  random: (): number => Math.random(),
};
