import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { readBook } from '#test/support/books.ts';

/** What a function did, by its log. */
export interface FunctionUse {
  readonly invocations: number;
  /** Processor time of its thread, in all. */
  readonly cpuMs: number;
  /** What it wrote to its log itself, metrics included. */
  readonly logBytes: number;
}

const FUNCTIONS = {
  collect: 'CollectCollectEvents',
  profiles: 'ProfilesApplyEvents',
  audiences: 'SegmentsKeepAudiences',
};

/** What a local stack has done so far, as its state and logs tell it. */
export interface Observed {
  readonly stream: { readonly records: number; readonly payloadUnits: number; readonly bytes: number };
  readonly functions: Readonly<Record<keyof typeof FUNCTIONS, FunctionUse>>;
  /** How many custom metrics their logs name, each a name and a service. */
  readonly metrics: number;
}

/** https://aws.amazon.com/kinesis/data-streams/pricing/: a record is billed in units of 25 KB. */
export const PAYLOAD_UNIT_BYTES = 25 * 1024;

export function observe(dir: string): Observed {
  const [row] = readBook(
    { dir },
    'kinesis',
    `SELECT COUNT(*) AS records, TOTAL(size) AS bytes, TOTAL((size + ${PAYLOAD_UNIT_BYTES - 1}) / ${PAYLOAD_UNIT_BYTES}) AS units
     FROM (SELECT LENGTH(data) + LENGTH(partitionKey) AS size FROM records)`,
  );
  const [collect, profiles, audiences] = [
    readLog(dir, FUNCTIONS.collect),
    readLog(dir, FUNCTIONS.profiles),
    readLog(dir, FUNCTIONS.audiences),
  ];
  return {
    stream: {
      records: Number(row?.records ?? 0),
      bytes: Number(row?.bytes ?? 0),
      payloadUnits: Number(row?.units ?? 0),
    },
    functions: { collect: collect.use, profiles: profiles.use, audiences: audiences.use },
    metrics: collect.metrics.union(profiles.metrics).union(audiences.metrics).size,
  };
}

const REPORT = /^REPORT .* Cpu: (?<cpuMs>[\d.]+) ms Outcome: (?<outcome>.*)$/;

/** @throws {Error} where an invocation failed: what it cost would not be what it costs. */
function readLog(
  dir: string,
  logicalId: string,
): { readonly use: FunctionUse; readonly metrics: ReadonlySet<string> } {
  const logs = join(dir, 'logs');
  const file = readdirSync(logs).find((name) => name.startsWith(logicalId));
  if (file === undefined) throw new Error(`no function ${logicalId} has a log in ${logs}`);
  const use = { invocations: 0, cpuMs: 0, logBytes: 0 };
  const metrics = new Set<string>();
  for (const line of readFileSync(join(logs, file), 'utf8').split('\n')) {
    const { cpuMs, outcome } = REPORT.exec(line)?.groups ?? {};
    if (outcome !== undefined && outcome !== 'ok') throw new Error(`${file}: ${line}`);
    if (cpuMs === undefined) {
      use.logBytes += line === '' ? 0 : Buffer.byteLength(line) + 1;
      for (const name of metricsIn(line)) metrics.add(`${logicalId} ${name}`);
    } else {
      use.invocations += 1;
      use.cpuMs += Number(cpuMs);
    }
  }
  return { use, metrics };
}

/** A line in CloudWatch's embedded metric format, less what no count needs. */
const Embedded = z.object({
  _aws: z.object({
    CloudWatchMetrics: z.array(z.object({ Metrics: z.array(z.object({ Name: z.string() })) })),
  }),
});

function metricsIn(line: string): readonly string[] {
  if (!line.includes('"CloudWatchMetrics"')) return [];
  const { _aws } = Embedded.parse(JSON.parse(line));
  return _aws.CloudWatchMetrics.flatMap(({ Metrics }) => Metrics.map(({ Name }) => Name));
}

/** What was done between two looks; metrics are those of the later one. */
export function difference(before: Observed, after: Observed): Observed {
  const of = (name: keyof typeof FUNCTIONS): FunctionUse => ({
    invocations: after.functions[name].invocations - before.functions[name].invocations,
    cpuMs: after.functions[name].cpuMs - before.functions[name].cpuMs,
    logBytes: after.functions[name].logBytes - before.functions[name].logBytes,
  });
  return {
    stream: {
      records: after.stream.records - before.stream.records,
      bytes: after.stream.bytes - before.stream.bytes,
      payloadUnits: after.stream.payloadUnits - before.stream.payloadUnits,
    },
    functions: { collect: of('collect'), profiles: of('profiles'), audiences: of('audiences') },
    metrics: after.metrics,
  };
}
