import { ASSUMED, type BillLine, billOf, type FunctionTime, sumOf } from './bill.ts';
import type { Use } from './metered-stack.ts';
import type { FunctionUse } from './observed.ts';
import type { VirtualUse } from './virtual-river.ts';

/** Processor time of an invocation: so much for itself, and so much for each event that it brings. */
export interface CpuModel {
  readonly ms: number;
  readonly msPerEvent: number;
}

/** What was measured of each function, on the running stack. */
export interface FunctionModels {
  readonly collect: CpuModel;
  readonly profiles: CpuModel;
  /** By invocation alone: a handful of transitions each. */
  readonly audiences: CpuModel;
  readonly logBytes: Readonly<Record<'collect' | 'profiles' | 'audiences', number>>;
}

/** As the constructs give them. */
const MEMORY_MB = { collect: 512, profiles: 1024, audiences: 512 } as const;

/** A run on the stack, with how many events it brought. */
interface Run {
  readonly use: Use;
  readonly events: number;
}

/** Draws a line through two runs whose invocations carry few events, and many. */
export function functionModels(few: Run, many: Run): FunctionModels {
  const line = (name: 'collect' | 'profiles'): CpuModel => {
    const point = ({ use, events }: Run) => {
      const { invocations, cpuMs } = use.functions[name];
      return { events: events / invocations, ms: cpuMs / invocations };
    };
    const [a, b] = [point(few), point(many)];
    const msPerEvent = Math.max(0, (b.ms - a.ms) / (b.events - a.events));
    return { ms: Math.max(0, a.ms - msPerEvent * a.events), msPerEvent };
  };
  const each = ({ invocations, logBytes }: FunctionUse): number => logBytes / Math.max(1, invocations);
  const { functions } = few.use;
  const { invocations, cpuMs } = functions.audiences;
  return {
    collect: line('collect'),
    profiles: line('profiles'),
    audiences: { ms: cpuMs / Math.max(1, invocations), msPerEvent: 0 },
    logBytes: {
      collect: each(functions.collect),
      profiles: each(functions.profiles),
      audiences: each(functions.audiences),
    },
  };
}

const READS = ['GetItem', 'Query', 'BatchGetItem'];

/** The bill of a run by the clock of its own, for a million of its events. */
export function billOfMillion(
  use: VirtualUse,
  {
    models,
    events,
    distinct,
  }: { readonly models: FunctionModels; readonly events: number; readonly distinct: number },
): readonly BillLine[] {
  const { requests, invocations, payloadUnits, transitions, outboxes, dynamodb } = use;
  const cpu = ({ ms, msPerEvent }: CpuModel, count: number): number => count * ms + events * msPerEvent;
  const time = (
    name: keyof typeof MEMORY_MB,
    of: Pick<FunctionTime, 'invocations' | 'cpuMs' | 'waitMs'>,
  ): FunctionTime => ({
    ...of,
    memoryMb: MEMORY_MB[name],
    logBytes: of.invocations * models.logBytes[name],
  });
  const waitMs = Object.entries(dynamodb.calls).reduce(
    (sum, [operation, count]) => sum + count * (READS.includes(operation) ? ASSUMED.readMs : ASSUMED.writeMs),
    0,
  );
  const lines = billOf({
    requests,
    payloadUnits,
    // a transition writes one row, of less than a kilobyte
    dynamodb: { ...dynamodb, write: { ...dynamodb.write, audiences: transitions } },
    busEvents: transitions,
    functions: [
      time('collect', {
        invocations: requests,
        cpuMs: cpu(models.collect, requests),
        waitMs: requests * ASSUMED.putRecordsMs,
      }),
      // all calls to tables, as if no two were under way at once
      time('profiles', { invocations, cpuMs: cpu(models.profiles, invocations), waitMs }),
      time('audiences', {
        invocations: outboxes,
        cpuMs: outboxes * models.audiences.ms,
        waitMs: outboxes * (ASSUMED.writeMs + ASSUMED.putEventsMs),
      }),
    ],
  });
  const scale = 1_000_000 / distinct;
  return lines.map((line) => ({ ...line, quantity: line.quantity * scale, usd: line.usd * scale }));
}

export const usdOfMillion = (lines: readonly BillLine[]): number => sumOf(lines);
