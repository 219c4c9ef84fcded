import { isDeepStrictEqual } from 'node:util';
import type { PutRecordsRequestEntry } from '@aws-sdk/client-kinesis';
import { StreamRecord } from '#shared/events/stream-record.ts';
import { bareHttp } from './bare-http.ts';
import { type ColdLoad, coldLoads } from './cold-load.ts';
import { type CollectRequest, collectRequests } from './collect-requests.ts';
import { type CutOffCollect, cutOffCollect, ENVIRONMENT } from './cut-off-collect.ts';
import { cpuMs, percentile } from './measure.ts';
import { PAYLOAD_UNIT_BYTES } from './observed.ts';

/** Requests of one event in a round, at scale 1. */
const REQUESTS = 10_000;
const ROUNDS = 7;
const WARM_UPS = 3;

const COLLECT = 'functions/collect/collect-events.ts';
const BARE = 'bench/bare-handler.ts';

/** What does it take to receive an event, up to the input of PutRecords, and to load what receives it? */
export async function answer(
  print: (line: string) => void,
  scale = 1,
): Promise<Readonly<Record<string, number>>> {
  const loads = coldLoads([COLLECT, BARE], { environment: ENVIRONMENT });
  print('loaded the bundles in fresh processes');

  const collect = await cutOffCollect();
  const alone = collectRequests(1).slice(0, REQUESTS * scale);
  const browsers = collectRequests(15).slice(0, REQUESTS * scale);
  const servers = collectRequests(100);
  const stream = {
    alone: await check(alone, collect),
    browsers: await check(browsers, collect),
    servers: await check(servers, collect),
  };
  print('each event is put once and as it was sent: one record for each request and partition key');

  const one = await compare(alone, collect);
  print('measured requests of one event');
  const hundred = await compare(servers, collect);
  return {
    ...loadFigures('collect', loads.get(COLLECT)),
    ...loadFigures('bare_handler', loads.get(BARE)),
    put_records_per_request_1: stream.alone.records / alone.length,
    put_records_per_request_100: stream.servers.records / servers.length,
    put_units_per_event_1: stream.alone.units / stream.alone.events,
    put_units_per_event_15: stream.browsers.units / stream.browsers.events,
    put_units_per_event_100: stream.servers.units / stream.servers.events,
    parse_us_per_request_1: one.parse,
    bare_http_us_per_request_1: one.bareHttp,
    collect_vs_parse_1: one.vsParse,
    collect_vs_bare_http_1: one.vsBareHttp,
    collect_us_per_request_1: one.collect,
    parse_us_per_event_100: hundred.parse / 100,
    bare_http_us_per_event_100: hundred.bareHttp / 100,
    collect_vs_parse_100: hundred.vsParse,
    collect_vs_bare_http_100: hundred.vsBareHttp,
    collect_us_per_event_100: hundred.collect / 100,
  };
}

const loadFigures = (name: string, load: ColdLoad | undefined): Readonly<Record<string, number>> => ({
  [`${name}_bundle_kb`]: load?.kb ?? Number.NaN,
  [`${name}_load_ms`]: load?.ms ?? Number.NaN,
  [`${name}_load_cpu_ms`]: load?.cpuMs ?? Number.NaN,
});

/** CPU microseconds a request, medians of rounds of parse, collect, bare server, parse. */
async function compare(requests: readonly CollectRequest[], { handle }: CutOffCollect) {
  const bodies = requests.map(({ body }) => body);
  const parse = (): Promise<number> =>
    cpuMs(() => {
      for (const body of bodies) JSON.parse(body);
    });
  const server = await bareHttp(bodies);
  const rounds: { parse: number; collect: number; bareHttp: number }[] = [];
  for (let round = -WARM_UPS; round < ROUNDS; round++) {
    const before = await parse();
    const collect = await cpuMs(async () => {
      for (const { event } of requests) await handle(event);
    });
    const served = await server.round();
    const after = await parse();
    if (round >= 0) rounds.push({ parse: (before + after) / 2, collect, bareHttp: served });
  }
  await server.close();
  const median = (of: (round: (typeof rounds)[number]) => number): number => percentile(rounds.map(of), 50);
  const us = 1_000 / requests.length;
  return {
    parse: median((round) => round.parse) * us,
    collect: median((round) => round.collect) * us,
    bareHttp: median((round) => round.bareHttp) * us,
    vsParse: median((round) => round.collect / round.parse),
    vsBareHttp: median((round) => round.collect / round.bareHttp),
  };
}

/** @throws {Error} when what is put is not what was sent, in as few records as there are keys. */
async function check(requests: readonly CollectRequest[], { handle, watch }: CutOffCollect) {
  const all = { events: 0, records: 0, units: 0 };
  let put: PutRecordsRequestEntry[] = [];
  watch((records) => void put.push(...records));
  for (const { event, sent } of requests) {
    put = [];
    const { statusCode } = await handle(event);
    if (statusCode !== 200) throw new Error(`collect answered ${statusCode}`);
    const keys = new Set(put.map(({ PartitionKey }) => PartitionKey));
    if (keys.size !== put.length) throw new Error(`${put.length} records for ${keys.size} keys`);
    const events = put.flatMap(({ Data }) => eventsOf(Data));
    const arrived = new Map(events.map((each) => [each.messageId, each]));
    if (events.length !== sent.length) throw new Error(`${events.length} of ${sent.length} events were put`);
    for (const said of sent) checkEvent(said, arrived.get(String(said.messageId)));
    all.events += sent.length;
    all.records += put.length;
    all.units += put.reduce((sum, { Data }) => sum + Math.ceil((Data?.length ?? 0) / PAYLOAD_UNIT_BYTES), 0);
  }
  watch(() => {});
  return all;
}

const eventsOf = (data: Uint8Array | undefined): StreamRecord['events'] =>
  StreamRecord.parse(JSON.parse(Buffer.from(data ?? []).toString('utf8'))).events;

/** What an event says of itself, which nothing on the way may change. */
const SAID = [
  'type',
  'messageId',
  'userId',
  'anonymousId',
  'event',
  'properties',
  'traits',
  'context',
] as const;

function checkEvent(
  sent: Readonly<Record<string, unknown>>,
  arrived: StreamRecord['events'][number] | undefined,
): void {
  const wrong = SAID.filter((field) => !isDeepStrictEqual(sent[field], arrived?.[field]));
  if (wrong.length > 0) throw new Error(`${wrong.join()} of ${sent.messageId} are not as they were sent`);
}
