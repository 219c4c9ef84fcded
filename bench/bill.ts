import type { Consumption } from './metered-dynamodb.ts';
import { total } from './metered-dynamodb.ts';
import { type PriceName, usdOf } from './prices.ts';

/** What a function is billed for. */
export interface FunctionTime {
  readonly invocations: number;
  readonly memoryMb: number;
  /** Processor time measured here, in all. */
  readonly cpuMs: number;
  /** Time spent waiting for calls that are made one after another, in all. */
  readonly waitMs: number;
  /** What it writes to its log itself. */
  readonly logBytes: number;
}

/** Everything that some events used and that is paid by use. */
export interface Used {
  readonly requests: number;
  readonly payloadUnits: number;
  readonly dynamodb: Pick<Consumption, 'read' | 'write' | 'index'>;
  readonly functions: readonly FunctionTime[];
  readonly busEvents: number;
}

export interface BillLine {
  readonly what: string;
  readonly price: PriceName;
  readonly quantity: number;
  readonly usd: number;
}

/**
 * What measuring here cannot tell of Lambda, said once. A function has a processor in proportion to
 * its memory: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
 */
export const ASSUMED = {
  /** Memory that comes with one whole processor. */
  memoryOfOneCpuMb: 1769,
  /** Time of a Graviton processor, of the collector's and compiler's threads included, by that of our thread. */
  cpuFactor: 1.5,
  readMs: 5,
  writeMs: 8,
  putRecordsMs: 15,
  putEventsMs: 20,
  /** START, END and REPORT, which Lambda writes for each invocation. */
  platformLogBytes: 350,
  /** A line of the API's access log. */
  accessLogBytes: 280,
  /** An answer with its headers. */
  answerBytes: 500,
} as const;

/** How long an invocation is billed for, in the mean. */
export function billedMs({ invocations, memoryMb, cpuMs, waitMs }: FunctionTime): number {
  const share = Math.min(1, memoryMb / ASSUMED.memoryOfOneCpuMb);
  return invocations === 0 ? 0 : Math.ceil(((cpuMs * ASSUMED.cpuFactor) / share + waitMs) / invocations);
}

/** The bill of some use, each line with its price. */
export function billOf({
  requests,
  payloadUnits,
  dynamodb,
  functions,
  busEvents,
}: Used): readonly BillLine[] {
  const sum = (of: (one: FunctionTime) => number): number => functions.reduce((all, one) => all + of(one), 0);
  const invocations = sum((one) => one.invocations);
  const gbSeconds = sum((one) => one.invocations * (billedMs(one) / 1000) * (one.memoryMb / 1024));
  const logBytes =
    sum((one) => one.logBytes) + invocations * ASSUMED.platformLogBytes + requests * ASSUMED.accessLogBytes;
  const { write, read } = dynamodb;
  const people = write.activity + write.profile + write.other + write.catalog;
  const line = (what: string, price: PriceName, quantity: number): BillLine => ({
    what,
    price,
    quantity,
    usd: usdOf(price, quantity),
  });
  return [
    line('requests', 'httpRequest', requests),
    line('answers', 'dataOut', requests * ASSUMED.answerBytes),
    line('stream', 'payloadUnit', payloadUnits),
    line('people, written', 'writeUnit', people + dynamodb.index),
    line('timeline, written', 'writeUnit', write.timeline),
    line('seen ids, spilled', 'writeUnit', write.spill),
    line('identities, written', 'writeUnit', write.identities),
    line('audiences, written', 'writeUnit', write.audiences),
    line('counts, written', 'writeUnit', write.quality),
    line('reads', 'readUnit', total(read)),
    line('invocations', 'lambdaRequest', invocations),
    line('time of functions', 'lambdaTime', gbSeconds),
    line('announcements', 'busEvent', busEvents),
    line('logs and metrics', 'logs', logBytes),
  ];
}

export const sumOf = (lines: readonly Pick<BillLine, 'usd'>[]): number =>
  lines.reduce((sum, { usd }) => sum + usd, 0);
