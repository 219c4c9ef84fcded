import { streamRecords } from '#functions/collect/collect-request.ts';
import { decodeRequest } from '#shared/events/decode-request.ts';
import { fingerprint } from '#shared/kernel/fingerprint.ts';
import { KINDS } from './capacity.ts';
import { total } from './metered-dynamodb.ts';
import { startMeteredStack, type Use } from './metered-stack.ts';
import { referenceMonths, type Workload } from './workload.ts';

/** Visits in the month after the reference workload, for what track traffic alone consumes. */
const AFTERWARDS = 1_500;

/**
 * What does an event consume of AWS, and what does that cost?
 *
 * @param scale how large the workload is, by the reference workload: a tenth gives a first look.
 */
export async function answer(
  print: (line: string) => void,
  scale: number,
): Promise<Readonly<Record<string, number>>> {
  const { first, second } = referenceMonths({
    people: 5_000 * scale,
    visits: 3_000 * scale,
    afterwards: AFTERWARDS * scale,
  });
  print(`starting the stack; ${first.events} events in ${first.requests.length} requests take some minutes`);
  const stack = await startMeteredStack();
  try {
    const month = await stack.use(first.requests);
    printUse(print, 'the reference workload', { use: month, events: first.distinct });
    const tracks = await stack.use(second.requests);
    printUse(print, 'track traffic of the same people, a month later', {
      use: tracks,
      events: second.distinct,
    });
    const again = await stack.use(second.requests);
    printUse(print, 'the same requests once more', { use: again, events: second.events });
    return { ...unitsOf(month, first), ...trackUnits(tracks, second), ...duplicateUnits(again, second) };
  } finally {
    await stack.close();
  }
}

function unitsOf({ dynamodb: { write, read, index } }: Use, { distinct }: Workload): Record<string, number> {
  const per = (units: number): number => units / distinct;
  return {
    wcu_per_event: per(total(write) + index),
    wcu_per_event_people: per(write.activity + write.profile + write.other),
    wcu_per_event_timeline: per(write.timeline),
    wcu_per_event_spill: per(write.spill),
    wcu_per_event_identities: per(write.identities),
    wcu_per_event_audiences: per(write.audiences),
    rcu_per_event: per(total(read)),
    rcu_per_event_people: per(read.activity + read.spill),
    rcu_per_event_identities: per(read.identities),
    rcu_per_event_catalog: per(read.catalog),
  };
}

function trackUnits({ dynamodb: { write } }: Use, { requests, distinct }: Workload): Record<string, number> {
  return {
    wcu_per_changed_person: (write.activity + write.profile) / changedPeople(requests),
    wcu_per_track_event: total(write) / distinct,
  };
}

function duplicateUnits({ dynamodb: { write, read } }: Use, { events }: Workload): Record<string, number> {
  return { wcu_per_duplicate: total(write) / events, rcu_per_duplicate: total(read) / events };
}

/** How often a record of the stream says something new of a person, where each record is one person's. */
function changedPeople(requests: Workload['requests']): number {
  const known = new Set<string>();
  let changed = 0;
  for (const { body, receivedAt } of requests) {
    const { events } = decodeRequest(JSON.parse(body.toString('utf8')), { receivedAt, digest: fingerprint });
    const source = { id: 'local', market: 'default', brand: 'default' };
    for (const { record } of streamRecords(events, { source, receivedAt })) {
      if (record.events.some(({ messageId }) => !known.has(messageId))) changed += 1;
      for (const { messageId } of record.events) known.add(messageId);
    }
  }
  return changed;
}

function printUse(
  print: (line: string) => void,
  what: string,
  { use, events }: { readonly use: Use; readonly events: number },
): void {
  const { requests, dynamodb, stream, functions } = use;
  print(`\n${what}: ${events} distinct events in ${requests} requests`);
  for (const kind of KINDS) {
    const [written, read] = [dynamodb.write[kind], dynamodb.read[kind]];
    if (written + read > 0) print(`  ${kind.padEnd(12)}${written} write units, ${read} read units`);
  }
  const { records, payloadUnits, bytes } = stream;
  print(`  stream      ${records} records, ${payloadUnits} payload units, ${bytes} bytes`);
  for (const [name, { invocations, cpuMs, logBytes }] of Object.entries(functions)) {
    const each = invocations === 0 ? 0 : cpuMs / invocations;
    print(
      `  ${name.padEnd(12)}${invocations} invocations of ${each.toFixed(2)} ms CPU, ${logBytes} bytes logged`,
    );
  }
  print(`  ${dynamodb.refused} writes refused by their condition, ${dynamodb.unexplained} units unexplained`);
}
