import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { type AwsCall, AwsError, type AwsService } from '#local/gate/aws-call.ts';
import { inTransaction, openDatabase } from './database.ts';
import { openDeliveryQueue } from './delivery-queue.ts';
import { jsonService, readBody } from './json-service.ts';
import { nextDue, parseScheduleExpression, type ScheduleExpression } from './schedule-expression.ts';

const Seconds = z.number().transform((seconds) => seconds * 1000);
const Target = z.strictObject({
  Arn: z.string().min(1),
  RoleArn: z.string().min(1),
  Input: z.string().optional(),
  RetryPolicy: z
    .strictObject({
      MaximumRetryAttempts: z.int().min(0).max(185).default(185),
      MaximumEventAgeInSeconds: z.int().min(60).max(86_400).default(86_400),
    })
    .default({ MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 86_400 }),
  DeadLetterConfig: z.strictObject({ Arn: z.string().optional() }).optional(),
});
const Schedule = z.strictObject({
  GroupName: z.string().default('default'),
  ScheduleExpression: z.string().min(1).max(256),
  ScheduleExpressionTimezone: z.string().min(1).max(50).default('UTC'),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  Description: z.string().max(512).optional(),
  StartDate: Seconds.optional(),
  EndDate: Seconds.optional(),
  ActionAfterCompletion: z.enum(['NONE', 'DELETE']).default('NONE'),
  // A window is honoured by invoking at its start, which lies within it.
  FlexibleTimeWindow: z.strictObject({
    Mode: z.enum(['OFF', 'FLEXIBLE']),
    MaximumWindowInMinutes: z.int().min(1).max(1440).optional(),
  }),
  Target,
  KmsKeyArn: z.string().optional(),
  ClientToken: z.string().optional(),
});
type Schedule = z.infer<typeof Schedule>;

const Row = z.object({
  groupName: z.string(),
  name: z.string(),
  spec: z.string().transform((text): Schedule => Stored.parse(JSON.parse(text))),
  anchor: z.number(),
  due: z.number().nullable(),
  created: z.number(),
  modified: z.number(),
});
type Row = z.infer<typeof Row>;
/** As the API takes it, but with its dates already in milliseconds. */
const Stored = Schedule.extend({ StartDate: z.number().optional(), EndDate: z.number().optional() });

const Invocation = z.object({ id: z.string(), arn: z.string(), roleArn: z.string() });
const FIRST_PAUSE_MS = 1_000;
const LONGEST_TIMER_MS = 2_000_000_000;

export interface SchedulerService {
  readonly service: AwsService;
  createGroup(name: string): void;
  /** Makes a schedule of the template; one that is there already, and has not changed, goes on as it is. */
  declareSchedule(name: string, schedule: unknown): void;
  /** Looks at what is due, after the clock was moved. */
  wake(): void;
  /** Begins to invoke; what fell due meanwhile is made up for, once for each schedule. */
  resume(): void;
  close(): Promise<void>;
}

/**
 * EventBridge Scheduler.
 *
 * On AWS the clock never stops, here the machine sleeps: a schedule that missed its time is invoked once when the
 * stack is up again, however often it was due. An invocation is queued in the transaction that moves its schedule
 * on, so a kill loses none; a target that throws is tried again by the schedule's retry policy.
 */
export function openScheduler(o: {
  dir: string;
  /** Invokes the target. `id` is the invocation's own, the same at each attempt and after a restart. */
  deliver: (target: { id: string; arn: string; input: string; roleArn: string }) => Promise<void>;
  /** What becomes of an invocation at which every attempt has failed. */
  onFailure: (failed: { arn: string; input: string; attempts: number; reason: string }) => Promise<void>;
  region?: string;
  accountId?: string;
}): SchedulerService {
  const prefix = `arn:aws:scheduler:${o.region ?? 'eu-west-1'}:${o.accountId ?? '000000000000'}:schedule`;
  const database = openDatabase(
    o.dir,
    'scheduler',
    `CREATE TABLE IF NOT EXISTS schedules (
       groupName TEXT NOT NULL, name TEXT NOT NULL, spec TEXT NOT NULL, anchor INTEGER NOT NULL, due INTEGER,
       created INTEGER NOT NULL, modified INTEGER NOT NULL, PRIMARY KEY (groupName, name));`,
  );
  const queue = openDeliveryQueue({
    database,
    deliver(target, payload, attempt) {
      const input = payload.replaceAll('<aws.scheduler.attempt-number>', String(attempt));
      return o.deliver({ ...Invocation.parse(JSON.parse(target)), input });
    },
    giveUp: ({ target, payload: input, attempts, reason }) =>
      o.onFailure({ arn: Invocation.parse(JSON.parse(target)).arn, input, attempts, reason }),
    firstPauseMs: FIRST_PAUSE_MS,
  });
  const one = database.prepare('SELECT * FROM schedules WHERE groupName = ? AND name = ?');
  const all = database.prepare('SELECT * FROM schedules ORDER BY groupName, name');
  const dueNow = database.prepare('SELECT * FROM schedules WHERE due <= ? ORDER BY due');
  const earliest = database.prepare('SELECT MIN(due) AS due FROM schedules');
  const save = database.prepare('INSERT OR REPLACE INTO schedules VALUES (?, ?, ?, ?, ?, ?, ?)');
  const setDue = database.prepare('UPDATE schedules SET due = ? WHERE groupName = ? AND name = ?');
  const remove = database.prepare('DELETE FROM schedules WHERE groupName = ? AND name = ?');
  const groups = new Set(['default']);
  let timer: NodeJS.Timeout | undefined;
  let running = false;

  function wake(): void {
    clearTimeout(timer);
    if (!running) return;
    const { due } = z.object({ due: z.number().nullable() }).parse(earliest.get());
    if (due === null) return;
    timer = setTimeout(invokeDue, Math.min(Math.max(due - Date.now(), 0), LONGEST_TIMER_MS));
  }

  function invokeDue(): void {
    const now = Date.now();
    inTransaction(database, () => {
      for (const found of dueNow.all(now)) invoke(Row.parse(found), now);
    });
    wake();
  }

  function invoke(row: Row, now: number): void {
    const { groupName, name, spec, anchor } = row;
    const { Arn: arn, RoleArn: roleArn, RetryPolicy } = spec.Target;
    const id = randomUUID();
    queue.add({
      target: JSON.stringify({ id, arn, roleArn }),
      payload: inputOf(row, id),
      maxAttempts: RetryPolicy.MaximumRetryAttempts + 1,
      expires: now + RetryPolicy.MaximumEventAgeInSeconds * 1000,
    });
    const next = dueAfter(spec, { after: now, anchor });
    if (next === undefined && spec.ActionAfterCompletion === 'DELETE') remove.run(groupName, name);
    else setDue.run(next ?? null, groupName, name);
  }

  function inputOf({ groupName, name, spec, due }: Row, id: string): string {
    const time = new Date(due ?? 0).toISOString().replace(/\.\d+Z$/, 'Z');
    const scheduled = {
      version: '0',
      id,
      'detail-type': 'Scheduled Event',
      source: 'aws.scheduler',
      time,
      resources: [`${prefix}/${groupName}/${name}`],
      detail: '{}',
    };
    return (spec.Target.Input ?? JSON.stringify(scheduled))
      .replaceAll('<aws.scheduler.schedule-arn>', `${prefix}/${groupName}/${name}`)
      .replaceAll('<aws.scheduler.scheduled-time>', time)
      .replaceAll('<aws.scheduler.execution-id>', id);
  }

  /** Saves a schedule as it is from now on, with the next time it is due. */
  function write(name: string, spec: Schedule, created: number): object {
    const now = Date.now();
    const anchor = spec.StartDate ?? now;
    const next = dueAfter(spec, { after: now - 1, anchor });
    if (spec.State === 'ENABLED' && next === undefined)
      throw invalid(`${spec.ScheduleExpression} is never due`);
    const due = spec.State === 'ENABLED' ? next : undefined;
    save.run(spec.GroupName, name, JSON.stringify(spec), anchor, due ?? null, created, now);
    wake();
    return { ScheduleArn: `${prefix}/${spec.GroupName}/${name}` };
  }

  function read(call: AwsCall): { name: string; spec: Schedule } {
    const spec = readBody(call, Schedule);
    const name = nameIn(call);
    if (!groups.has(spec.GroupName)) throw notFound(`Schedule group ${spec.GroupName} does not exist.`);
    if (!/^[0-9a-zA-Z-_.]{1,64}$/.test(name)) throw invalid(`Schedule name ${name} is not valid.`);
    const { Mode, MaximumWindowInMinutes } = spec.FlexibleTimeWindow;
    if ((Mode === 'FLEXIBLE') !== (MaximumWindowInMinutes !== undefined)) {
      throw invalid('MaximumWindowInMinutes must be given with a FLEXIBLE time window, and only then.');
    }
    expressionOf(spec);
    return { name, spec };
  }

  function find(groupName: string, name: string): Row {
    const row = one.get(groupName, name);
    if (row === undefined) throw notFound(`Schedule ${name} does not exist.`);
    return Row.parse(row);
  }

  const service = jsonService({
    CreateSchedule(call) {
      const { name, spec } = read(call);
      const row = one.get(spec.GroupName, name);
      if (row === undefined) return write(name, spec, Date.now());
      const sameRequest =
        spec.ClientToken !== undefined && Row.parse(row).spec.ClientToken === spec.ClientToken;
      if (sameRequest) return { ScheduleArn: `${prefix}/${spec.GroupName}/${name}` };
      throw new AwsError('ConflictException', `Schedule ${name} already exists.`, 409);
    },
    UpdateSchedule(call) {
      const { name, spec } = read(call);
      return write(name, spec, find(spec.GroupName, name).created);
    },
    GetSchedule: (call) => describe(find(groupIn(call), nameIn(call)), prefix),
    DeleteSchedule(call) {
      const { groupName, name } = find(groupIn(call), nameIn(call));
      remove.run(groupName, name);
      wake();
    },
    ListSchedules(call) {
      const query = new URL(call.path, 'http://scheduler').searchParams;
      const offset = Number(query.get('NextToken') ?? 0);
      const limit = Number(query.get('MaxResults') ?? 100);
      const rows = all
        .all()
        .map((row) => Row.parse(row))
        .filter((row) => row.groupName === (query.get('ScheduleGroup') ?? row.groupName))
        .filter((row) => row.spec.State === (query.get('State') ?? row.spec.State))
        .filter((row) => row.name.startsWith(query.get('NamePrefix') ?? ''));
      const more = rows.length > offset + limit && { NextToken: String(offset + limit) };
      return { Schedules: rows.slice(offset, offset + limit).map((row) => summarise(row, prefix)), ...more };
    },
  });

  return {
    service,
    createGroup: (name) => void groups.add(name),
    declareSchedule(name, schedule) {
      const spec = Schedule.parse(schedule);
      const row = one.get(spec.GroupName, name);
      const before = row === undefined ? undefined : Row.parse(row);
      if (JSON.stringify(before?.spec) === JSON.stringify(spec)) return;
      write(name, spec, before?.created ?? Date.now());
    },
    wake,
    resume() {
      running = true;
      queue.start();
      wake();
    },
    async close() {
      running = false;
      clearTimeout(timer);
      await queue.close();
      database.close();
    },
  };
}

function expressionOf(spec: Schedule): ScheduleExpression {
  try {
    return parseScheduleExpression(spec.ScheduleExpression, spec.ScheduleExpressionTimezone);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw invalid(`Invalid Schedule Expression ${spec.ScheduleExpression}: ${error.message}.`);
  }
}

/** Within StartDate and EndDate, which a one-time schedule does not heed. */
function dueAfter(spec: Schedule, o: { after: number; anchor: number }): number | undefined {
  const expression = expressionOf(spec);
  if (expression.kind === 'at') return nextDue(expression, o);
  const after = Math.max(o.after, (spec.StartDate ?? 0) - 1);
  const due = nextDue(expression, { ...o, after });
  return due !== undefined && due <= (spec.EndDate ?? due) ? due : undefined;
}

const nameIn = (call: AwsCall): string =>
  decodeURIComponent(new URL(call.path, 'http://scheduler').pathname.replace('/schedules/', ''));
const groupIn = (call: AwsCall): string =>
  new URL(call.path, 'http://scheduler').searchParams.get('groupName') ?? 'default';

const summarise = ({ groupName, name, spec, created, modified }: Row, prefix: string) => ({
  Arn: `${prefix}/${groupName}/${name}`,
  Name: name,
  GroupName: groupName,
  State: spec.State,
  CreationDate: created / 1000,
  LastModificationDate: modified / 1000,
  Target: { Arn: spec.Target.Arn },
});

function describe(row: Row, prefix: string): object {
  const { ClientToken, StartDate, EndDate, ...shown } = row.spec;
  return {
    ...summarise(row, prefix),
    ...shown,
    ...(StartDate !== undefined && { StartDate: StartDate / 1000 }),
    ...(EndDate !== undefined && { EndDate: EndDate / 1000 }),
  };
}

const invalid = (message: string) => new AwsError('ValidationException', message);
const notFound = (message: string) => new AwsError('ResourceNotFoundException', message, 404);
