import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { streamRecords } from '#functions/adapters/kinesis/stream-records.ts';
import { decodeRequest } from '#shared/events/decode-request.ts';
import { fingerprint } from '#shared/kernel/fingerprint.ts';
import { curve, HEADLINE } from './cost-curve.ts';
import { monthlyTotals, printUse } from './cost-report.ts';
import { functionModels } from './dollars.ts';
import { total } from './metered-dynamodb.ts';
import { startMeteredStack, type Use } from './metered-stack.ts';
import { synthesizeInto } from './synthesized.ts';
import { trafficWorkload } from './traffic.ts';
import { traitBytes } from './traits-cost.ts';
import { referenceMonths, type Workload } from './workload.ts';

/** Visits in the month after the reference workload, for what track traffic alone consumes. */
const AFTERWARDS = 1_500;
/** Numbers above those of the reference workload's people. */
const OTHER_PEOPLE = 1_000_000;

/**
 * What does an event consume of AWS, and what does that cost?
 *
 * @param scale how large the workload is, by the reference workload: a tenth gives a first look.
 */
export async function answer(
  print: (line: string) => void,
  scale: number,
): Promise<Readonly<Record<string, number>>> {
  const months = referenceMonths({
    people: 5_000 * scale,
    visits: 3_000 * scale,
    afterwards: AFTERWARDS * scale,
  });
  const full = trafficWorkload(HEADLINE, { events: 30_000 * scale, peopleFrom: OTHER_PEOPLE });
  const home = mkdtempSync(join(tmpdir(), 'tributary-cost-'));
  try {
    const template = synthesizeInto(join(home, 'cdk.out'));
    const { units, few, many } = await onTheStack(print, { ...months, full, home });
    const models = functionModels(few, many);
    const { figures, headline } = await curve(print, { template, models, scale });
    return {
      ...units,
      ...traitBytes(months),
      ...figures,
      timeline_gb_per_million_events: headline.timelineGb,
      units_virtual_by_stack: headline.units / unitsOnStack(many.use, full),
      ...monthlyTotals(print, { template, perMillion: headline.usd, metrics: many.use.metrics }),
      usd_per_million_events: headline.usd,
    };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

interface StackRun {
  readonly first: Workload;
  readonly second: Workload;
  readonly full: Workload;
  readonly home: string;
}

async function onTheStack(print: (line: string) => void, { first, second, full, home }: StackRun) {
  print(`starting the stack; ${first.events} events in ${first.requests.length} requests take some minutes`);
  const stack = await startMeteredStack(home);
  try {
    const month = await stack.use(first.requests);
    printUse(print, { what: 'the reference workload', use: month, ...first });
    const tracks = await stack.use(second.requests);
    printUse(print, { what: 'track traffic of the same people, a month later', use: tracks, ...second });
    const again = await stack.use(second.requests);
    printUse(print, { what: 'the same requests once more', use: again, ...second });
    const many = await stack.use(full.requests);
    printUse(print, { what: 'requests of 15 events of one person', use: many, ...full });
    return {
      units: {
        ...unitsOf(month, first),
        wcu_per_changed_person: changedUnits(tracks) / changedPeople(second.requests),
        wcu_per_track_event: total(tracks.dynamodb.write) / second.distinct,
        wcu_per_duplicate: total(again.dynamodb.write) / second.events,
        rcu_per_duplicate: total(again.dynamodb.read) / second.events,
      },
      few: { use: month, events: first.events },
      many: { use: many, events: full.events },
    };
  } finally {
    await stack.close();
  }
}

const changedUnits = ({ dynamodb: { write } }: Use): number => write.activity + write.profile;

function unitsOf({ dynamodb: { write, read, index } }: Use, { distinct }: Workload): Record<string, number> {
  const per = (units: number): number => units / distinct;
  return {
    wcu_per_event: per(total(write) + index),
    wcu_per_event_people: per(write.activity + write.profile + write.other),
    wcu_per_event_timeline: per(write.timeline),
    wcu_per_event_spill: per(write.spill),
    wcu_per_event_identities: per(write.identities),
    wcu_per_event_audiences: per(write.audiences),
    wcu_per_event_quality: per(write.quality),
    wcu_per_event_indexes: per(index),
    rcu_per_event: per(total(read)),
    rcu_per_event_people: per(read.activity + read.spill),
    rcu_per_event_identities: per(read.identities),
    rcu_per_event_catalog: per(read.catalog),
  };
}

/** Write units of a distinct event but for `audiences`, which the run by a clock of its own only counts. */
const unitsOnStack = ({ dynamodb: { write } }: Use, { distinct }: Workload): number =>
  (total(write) - write.audiences) / distinct;

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
