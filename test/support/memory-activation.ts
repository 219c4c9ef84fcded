import type { Schedules } from '#functions/adapters/scheduler/schedules.ts';
import type { Order, Run, Runs } from '#functions/adapters/stepfunctions/runs.ts';
import { RequestError } from '#shared/kernel/errors.ts';
import type { Schedule } from '#shared/sources/schedule.ts';

/** Runs in memory, which stay as a test sets them. */
export function memoryRuns<O extends Order = Order>(): Runs<O> & {
  set(id: string, change: Partial<Run<O>>): void;
} {
  const runs: Run<O>[] = [];
  return {
    set(id, change) {
      const at = runs.findIndex((run) => run.id === id);
      const run = runs[at];
      if (run !== undefined) runs[at] = { ...run, ...change };
    },
    async start(run) {
      if (runs.some(({ id }) => id === run.id)) return;
      runs.unshift({ ...run, status: 'running', startedAt: 1_795_000_000_000 });
    },
    async find(id) {
      return runs.find((run) => run.id === id);
    },
    async list(definitionId, cursor) {
      if (cursor !== undefined) return undefined;
      const wanted = runs.filter((run) => definitionId === undefined || run.definitionId === definitionId);
      return { runs: wanted, next: undefined };
    },
  };
}

/** Schedules in memory; `rate(1 minutes)` is refused, as Scheduler refuses it. */
export function memorySchedules(): Schedules & { readonly stored: ReadonlyMap<string, Schedule> } {
  const stored = new Map<string, Schedule>();
  return {
    stored,
    async put(id, schedule) {
      if (schedule.expression === 'rate(1 minutes)') {
        throw new RequestError({ status: 400, code: 'INVALID_SCHEDULE', message: 'refused' });
      }
      stored.set(id, schedule);
    },
    async remove(id) {
      stored.delete(id);
    },
  };
}
