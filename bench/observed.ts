import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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
  return {
    stream: {
      records: Number(row?.records ?? 0),
      bytes: Number(row?.bytes ?? 0),
      payloadUnits: Number(row?.units ?? 0),
    },
    functions: {
      collect: readLog(dir, FUNCTIONS.collect),
      profiles: readLog(dir, FUNCTIONS.profiles),
      audiences: readLog(dir, FUNCTIONS.audiences),
    },
  };
}

const REPORT = /^REPORT .* Cpu: (?<cpuMs>[\d.]+) ms Outcome: (?<outcome>.*)$/;

/** @throws {Error} where an invocation failed: what it cost would not be what it costs. */
function readLog(dir: string, logicalId: string): FunctionUse {
  const logs = join(dir, 'logs');
  const file = readdirSync(logs).find((name) => name.startsWith(logicalId));
  if (file === undefined) throw new Error(`no function ${logicalId} has a log in ${logs}`);
  const use = { invocations: 0, cpuMs: 0, logBytes: 0 };
  for (const line of readFileSync(join(logs, file), 'utf8').split('\n')) {
    const { cpuMs, outcome } = REPORT.exec(line)?.groups ?? {};
    if (outcome !== undefined && outcome !== 'ok') throw new Error(`${file}: ${line}`);
    if (cpuMs === undefined) use.logBytes += Buffer.byteLength(line) + 1;
    else {
      use.invocations += 1;
      use.cpuMs += Number(cpuMs);
    }
  }
  return use;
}

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
  };
}
