import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { checkPattern, matchesPattern } from '#local/event-pattern.ts';
import type { AwsService } from '#local/gate/aws-call.ts';
import { inTransaction, openDatabase } from './database.ts';
import { openDeliveryQueue } from './delivery-queue.ts';
import { jsonService, readBody } from './json-service.ts';

const MAX_ENTRY_BYTES = 262_144;
/** Lambda tries an asynchronous event three times in all, after one and two minutes; here after seconds. */
const ATTEMPTS = 3;
const FIRST_PAUSE_MS = 5_000;
const MAX_AGE_MS = 6 * 3_600_000;

const Entry = z.object({
  Source: z.string().optional(),
  DetailType: z.string().optional(),
  Detail: z.string().optional(),
  EventBusName: z.string().default('default'),
  Resources: z.array(z.string()).default([]),
  Time: z.number().optional(),
});
const PutEvents = z.object({ Entries: z.array(Entry).min(1).max(10) });

/** What a rule hands its events to; a state machine is started as a role. */
export interface EventTarget {
  readonly arn: string;
  readonly roleArn?: string | undefined;
}

const Target = z.object({ arn: z.string(), roleArn: z.string().optional() });

interface Published {
  readonly source: string;
  readonly detailType: string;
  readonly detail: unknown;
  readonly resources?: readonly string[];
  readonly time?: Date;
}

export interface EventBusService {
  readonly service: AwsService;
  createBus(name: string): void;
  /** @throws {Error} naming what the pattern asks that is not honoured. */
  createRule(rule: { bus: string; pattern: unknown; targets: readonly EventTarget[] }): void;
  /** Puts an event of an AWS service; durable for its targets when this returns. */
  publish(bus: string, event: Published): void;
  /** Begins to deliver; call it once rules and targets are there. */
  resume(): void;
  close(): Promise<void>;
}

/** EventBridge: the default bus and own ones, rules, and deliveries to their targets that outlive the process. */
export function openEventBus(o: {
  dir: string;
  /** A throw is an attempt that failed, and is repeated. */
  deliver: (delivery: EventTarget & { event: unknown }) => Promise<void>;
  arnOf: (busName: string) => string;
  /** What becomes of an event at which every attempt has failed; Lambda's on-failure destination, say. */
  onFailure: (failed: { arn: string; event: unknown; attempts: number; reason: string }) => Promise<void>;
  firstPauseMs?: number;
}): EventBusService {
  const database = openDatabase(o.dir, 'event-bus', '');
  const queue = openDeliveryQueue({
    database,
    deliver: (target, payload) =>
      o.deliver({ ...Target.parse(JSON.parse(target)), event: JSON.parse(payload) }),
    giveUp: ({ target, payload, attempts, reason }) =>
      o.onFailure({
        arn: Target.parse(JSON.parse(target)).arn,
        event: JSON.parse(payload),
        attempts,
        reason,
      }),
    firstPauseMs: o.firstPauseMs ?? FIRST_PAUSE_MS,
  });
  const rules = new Map<string, { pattern: unknown; targets: readonly EventTarget[] }[]>([['default', []]]);
  const busNameOf = (nameOrArn: string): string => nameOrArn.split(':event-bus/').at(-1) ?? nameOrArn;

  function publish(bus: string, published: Published): string {
    const event = envelope(o.arnOf(bus), published);
    const payload = JSON.stringify(event);
    const matching = (rules.get(bus) ?? []).filter((rule) => matchesPattern(rule.pattern, event));
    const expires = Date.now() + MAX_AGE_MS;
    for (const target of matching.flatMap((rule) => rule.targets)) {
      queue.add({ target: JSON.stringify(target), payload, maxAttempts: ATTEMPTS, expires });
    }
    return event.id;
  }

  function put(entry: z.infer<typeof Entry>): object {
    const bus = busNameOf(entry.EventBusName);
    const { Source: source, DetailType: detailType, Detail, Resources: resources, Time } = entry;
    if (!source) return missing('Source');
    if (!detailType) return missing('DetailType');
    if (!Detail) return missing('Detail');
    if (source.startsWith('aws.')) return failure('NotAuthorizedForSource', 'Not authorized for the source.');
    if (!rules.has(bus)) return failure('ResourceNotFoundException', `Event bus ${bus} does not exist.`);
    const detail = parseDetail(Detail);
    if (detail === undefined) return failure('MalformedDetail', 'Detail is malformed.');
    if (Buffer.byteLength(Detail + source + detailType) > MAX_ENTRY_BYTES) {
      return failure('InvalidArgument', 'Total size of the entry is over the limit.');
    }
    const time = Time === undefined ? new Date() : new Date(Time * 1000);
    return { EventId: publish(bus, { source, detailType, detail, resources, time }) };
  }

  const service = jsonService({
    PutEvents(call) {
      const { Entries } = readBody(call, PutEvents);
      const results = inTransaction(database, () => Entries.map(put));
      return { FailedEntryCount: results.filter((entry) => 'ErrorCode' in entry).length, Entries: results };
    },
  });

  return {
    service,
    createBus: (name) => void rules.set(name, rules.get(name) ?? []),
    createRule({ bus, pattern, targets }) {
      checkPattern(pattern);
      const name = busNameOf(bus);
      rules.set(name, [...(rules.get(name) ?? []), { pattern, targets }]);
    },
    publish: (bus, event) => void inTransaction(database, () => publish(bus, event)),
    resume: () => queue.start(),
    async close() {
      await queue.close();
      database.close();
    },
  };
}

/** https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html */
function envelope(busArn: string, event: Published) {
  const [, , , region, account] = busArn.split(':');
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': event.detailType,
    source: event.source,
    account,
    time: (event.time ?? new Date()).toISOString().replace(/\.\d+Z$/, 'Z'),
    region,
    resources: event.resources ?? [],
    detail: event.detail,
  };
}

/** A detail must be an object. */
function parseDetail(text: string): Record<string, unknown> | undefined {
  try {
    return z.record(z.string(), z.unknown()).safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

const failure = (ErrorCode: string, ErrorMessage: string) => ({ ErrorCode, ErrorMessage });
const missing = (name: string) =>
  failure('InvalidArgument', `Parameter ${name} is not valid. Reason: ${name} is a required argument.`);
