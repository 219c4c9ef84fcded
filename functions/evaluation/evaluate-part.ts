import * as z from 'zod';
import { type EvaluatePorts, evaluatePerson } from '#functions/profiles/evaluate-person.ts';
import type { RunFiles } from '#functions/runs/run-files.ts';
import type { PartProgress, RunProgress } from '#functions/runs/run-progress.ts';
import { forEachConcurrently } from '#functions/runtime/concurrency.ts';
import { CdpError } from '#shared/kernel/errors.ts';
import { type PeopleScan, ScanPart } from '#shared/profiles/people-scan.ts';
import { keepMemberLists, type Standing, standingOf } from './member-lists.ts';

/** One part of a run over everybody, by definitions of at least this version. */
export const EvaluationPart = ScanPart.extend({
  runId: z.string().min(1).max(80),
  version: z.int().nonnegative(),
});
export type EvaluationPart = z.infer<typeof EvaluationPart>;

export interface EvaluatePartPorts extends EvaluatePorts {
  readonly scan: PeopleScan;
  readonly progress: RunProgress;
  readonly files: RunFiles;
  /** How long this attempt may go on. */
  readonly remainingMs: () => number;
  /** People after whom the place is noted. @default 20,000 */
  readonly stretchPeople?: number;
}

/** An attempt at a part ended with its time; the next one goes on where this one noted its place. */
export class StretchEndedError extends CdpError {
  override readonly name = 'StretchEndedError';
  readonly code = 'STRETCH_ENDED';
  readonly retryable = true;

  constructor(people: number) {
    super(`time was up after ${people} people; the part is to be gone on with`);
  }
}

const STRETCH_PEOPLE = 20_000;
/** A page with all its writes, the lists and the note take less. */
const LAST_START_MS = 60_000;
/** Writes of one part under way at a time: a table on demand takes thousands a second from all parts. */
const CONCURRENCY = 16;

const begun = (segment: number): PartProgress => ({
  segment,
  state: 'running',
  stretches: 0,
  people: 0,
  written: 0,
  entered: 0,
  exited: 0,
  readUnits: 0,
});

/**
 * Evaluates one part of everybody, from where an earlier attempt noted its place. May be repeated from
 * there, or run twice at once: who stands as definitions say is not written.
 *
 * It ends at once where the definitions have changed since the run was planned: that change has begun a
 * run of its own.
 *
 * @throws {StretchEndedError} when its time is up: then it is to be called again.
 */
export async function evaluatePart(part: EvaluationPart, ports: EvaluatePartPorts): Promise<PartProgress> {
  const { runId, segment, version } = part;
  let progress = (await ports.progress.findPart(runId, segment)) ?? begun(segment);
  while (progress.state === 'running') {
    const { version: newest } = await ports.definitions.current(version);
    progress =
      newest > version ? { ...progress, state: 'superseded' } : await evaluateStretch(part, progress, ports);
    await ports.progress.keepPart(runId, progress);
    if (progress.state === 'running' && ports.remainingMs() < LAST_START_MS) {
      throw new StretchEndedError(progress.people);
    }
  }
  return progress;
}

/** Some people more, as many as one note is worth or as there is time for. */
async function evaluateStretch(
  { runId, version, segment, of }: EvaluationPart,
  from: PartProgress,
  ports: EvaluatePartPorts,
): Promise<PartProgress> {
  const { stretchPeople = STRETCH_PEOPLE, scan, remainingMs } = ports;
  const standings: Standing[] = [];
  const done = { ...from, stretches: from.stretches + 1 };
  do {
    const page = await scan.page({ segment, of }, done.after);
    await forEachConcurrently(page.people, CONCURRENCY, async (read) => {
      const evaluated = await evaluatePerson(read, ports, version);
      if (evaluated === undefined) return;
      standings.push(standingOf(evaluated.person));
      done.written += evaluated.isWritten ? 1 : 0;
      done.entered += evaluated.entered.length;
      done.exited += evaluated.exited.length;
    });
    done.people += page.people.length;
    done.readUnits += page.readUnits;
    if (page.next === undefined) done.state = 'done';
    else done.after = page.next;
  } while (done.state === 'running' && standings.length < stretchPeople && remainingMs() >= LAST_START_MS);
  await keepMemberLists({ runId, segment, stretch: from.stretches }, standings, ports);
  return done;
}
