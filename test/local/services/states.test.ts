import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type AccessRequest, AwsError } from '#local/gate/aws-call.ts';
import type { InvokeResult } from '#local/lambda/invoker.ts';
import { openStates, type StatesService } from '#local/services/states.ts';
import { serveForTest } from '#test/support/aws-endpoint.ts';
import { exportsMachine, machineArn, planMapFinish } from './states-machine.ts';

const { Plan, Write, Finish } = planMapFinish.States;

type Answer = (payload: unknown) => InvokeResult | Promise<InvokeResult>;
const ok = (payload: unknown): InvokeResult => ({ ok: true, payload });
const failed = (errorType: string): InvokeResult => ({ ok: false, errorType, errorMessage: 'as told' });

/** Other tests may keep the machine busy. */
const PATIENCE_MS = 20_000;

let dir: string;
let answers: Record<string, Answer>;
let calls: string[];
let asked: AccessRequest[];
let refused: string | undefined;
let states: StatesService;
let client: SFNClient;
let close: () => Promise<void>;

async function open(): Promise<void> {
  states = openStates({
    dir,
    authorize(_caller, requests) {
      asked.push(...requests);
      const action = requests.find((request) => request.action === refused)?.action;
      if (action) throw new AwsError('AccessDeniedException', `Exports may not ${action}`, 403);
    },
    invoker: {
      async invoke(arn, payload) {
        const name = arn.split(':').at(-1) ?? '';
        calls.push(name);
        return (await answers[name]?.(payload)) ?? failed('Unknown');
      },
    },
  });
  const served = await serveForTest({ service: states.service, signingName: 'states' });
  client = new SFNClient(served.client);
  close = async () => {
    client.destroy();
    await served.close();
    await states.close();
  };
}

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'states-'));
  calls = [];
  asked = [];
  refused = undefined;
  answers = {
    plan: () => ok({ runId: 'run', chunks: [{ part: 1 }, { part: 2 }, { part: 3 }] }),
    write: (payload) => ok(payload),
    finish: (payload) => ok(payload),
  };
  await open();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await close();
  rmSync(dir, { recursive: true });
});

async function runToEnd(definition: unknown, input = '{"exportId":"e"}') {
  states.createStateMachine(exportsMachine(definition));
  const started = await client.send(new StartExecutionCommand({ stateMachineArn: machineArn, input }));
  return vi.waitFor(async () => {
    const described = await client.send(new DescribeExecutionCommand(started));
    expect(described.status).not.toBe('RUNNING');
    return described;
  }, PATIENCE_MS);
}

it('plans, maps in chunks and finishes, telling tasks the run id', async () => {
  const seen = vi.fn<Answer>(() => ok({ runId: 'run', chunks: [{ part: 1 }, { part: 2 }] }));
  answers.plan = seen;

  const execution = await runToEnd(planMapFinish);

  expect(execution).toMatchObject({
    status: 'SUCCEEDED',
    output: '{"runId":"run","parts":[{"part":1},{"part":2}]}',
    input: '{"exportId":"e"}',
    startDate: expect.any(Date),
    stopDate: expect.any(Date),
  });
  expect(seen).toHaveBeenCalledWith({ exportId: 'e', runId: execution.name });
});

it('asks leave as the role of the machine for each call and for the children of a Distributed Map', async () => {
  await runToEnd(planMapFinish);

  expect(asked.map(({ action, resource }) => `${action} ${resource.split(':').at(-1)}`)).toEqual([
    'lambda:InvokeFunction plan',
    'states:StartExecution Exports',
    'lambda:InvokeFunction write',
    'lambda:InvokeFunction write',
    'lambda:InvokeFunction write',
    'lambda:InvokeFunction finish',
  ]);
});

it.each(['lambda:InvokeFunction', 'states:StartExecution'])(
  'fails when %s is not granted',
  async (action) => {
    refused = action;

    const execution = await runToEnd(planMapFinish);

    expect(execution).toMatchObject({ status: 'FAILED', cause: `Exports may not ${action}` });
  },
);

it('retries an error by its name, and no other', async () => {
  answers.plan = () => (calls.length < 3 ? failed('Throttled') : ok({ runId: 'run', chunks: [] }));
  expect(await runToEnd(planMapFinish)).toMatchObject({ status: 'SUCCEEDED' });
  expect(calls).toEqual(['plan', 'plan', 'plan', 'finish']);

  answers.plan = () => failed('Broken');
  expect(await runToEnd(planMapFinish)).toMatchObject({
    status: 'FAILED',
    error: 'Broken',
    cause: '{"errorMessage":"as told","errorType":"Broken","trace":[]}',
  });
});

it('fails a Distributed Map with its own error at the first failed item, starting no further one', async () => {
  answers.plan = () => ok({ chunks: Array.from({ length: 20 }, (_, part) => ({ part })) });
  answers.write = () => failed('Broken');

  const execution = await runToEnd(planMapFinish);

  expect(execution).toMatchObject({ status: 'FAILED', error: 'States.ExceedToleratedFailureThreshold' });
  expect(calls.filter((name) => name === 'write').length).toBeLessThanOrEqual(2);
});

it('keeps to the concurrency of a Map and gives items their index', async () => {
  let current = 0;
  let most = 0;
  answers.plan = () => ok({ runId: 'r', chunks: ['a', 'b', 'c', 'd', 'e'] });
  answers.write = async (payload) => {
    most = Math.max(most, ++current);
    await new Promise((done) => setTimeout(done, 5));
    current--;
    return ok(payload);
  };
  const ItemSelector = { 'index.$': '$$.Map.Item.Index', 'value.$': '$$.Map.Item.Value', 'run.$': '$.runId' };

  const execution = await runToEnd({
    ...planMapFinish,
    States: { ...planMapFinish.States, Write: { ...Write, ItemSelector } },
  });

  expect(most).toBe(2);
  expect(JSON.parse(execution.output ?? '').parts.slice(0, 2)).toEqual([
    { index: 0, value: 'a', run: 'r' },
    { index: 1, value: 'b', run: 'r' },
  ]);
});

it('runs an inline Map in the execution itself, its item known within and its error catchable by name', async () => {
  const item = {
    ...Plan,
    Next: undefined,
    Parameters: {
      FunctionName: 'f:write',
      Payload: { 'i.$': '$$.Map.Item.Index', 'run.$': '$$.Execution.Name' },
    },
    End: true,
  };
  const map = {
    Type: 'Map',
    ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, StartAt: 'Item', States: { Item: item } },
    Catch: [{ ErrorEquals: ['Broken'], Next: 'Caught' }],
    End: true,
  };
  const caught = { Type: 'Pass', Parameters: { 'error.$': '$.Error' }, End: true };
  const definition = JSON.stringify({ StartAt: 'Each', States: { Each: map, Caught: caught } });

  const execution = await runToEnd(definition, '["a","b"]');
  answers.write = () => failed('Broken');
  const broken = await runToEnd(definition, '["a","b"]');

  const run = execution.name;
  expect(JSON.parse(execution.output ?? '')).toEqual([
    { i: 0, run },
    { i: 1, run },
  ]);
  expect(broken).toMatchObject({ status: 'SUCCEEDED', output: '{"error":"Broken"}' });
});

it('fails an execution whose task returns more than a state may pass on, past every Catch', async () => {
  answers.plan = () => ok({ chunks: ['x'.repeat(300_000)] });

  expect(await runToEnd(planMapFinish)).toMatchObject({
    status: 'FAILED',
    error: 'States.DataLimitExceeded',
  });
});

it('starts a name once: the same input finds the running execution, another or a closed one is refused', async () => {
  const input = '{"exportId":"e"}';
  const release = Promise.withResolvers<InvokeResult>();
  answers.plan = () => release.promise;
  states.createStateMachine(exportsMachine());
  const start = (given: string) =>
    client.send(new StartExecutionCommand({ stateMachineArn: machineArn, name: 'one', input: given }));

  const first = await start(input);
  expect((await start(input)).executionArn).toBe(first.executionArn);
  await expect(start('{"other":1}')).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
  await client.send(new StopExecutionCommand({ ...first, error: 'Stopped', cause: 'by hand' }));
  await expect(start(input)).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });

  expect(await client.send(new DescribeExecutionCommand(first))).toMatchObject({
    status: 'ABORTED',
    error: 'Stopped',
    cause: 'by hand',
  });
  release.resolve(ok({ chunks: [] }));
  expect(calls).toEqual(['plan']);
});

it.each([
  [{ stateMachineArn: machineArn, name: 'a b' }, 'InvalidName'],
  [{ stateMachineArn: machineArn, input: '{' }, 'InvalidExecutionInput'],
  [{ stateMachineArn: `${machineArn}X` }, 'StateMachineDoesNotExist'],
  [{ stateMachineArn: machineArn, input: `"${'x'.repeat(262_144)}"` }, 'ValidationException'],
])('refuses to start %o with %s', async (start, name) => {
  states.createStateMachine(exportsMachine());

  await expect(client.send(new StartExecutionCommand(start))).rejects.toMatchObject({ name });
});

it('lists executions, latest first, by status and page', async () => {
  answers.plan = () => failed('Broken');
  await runToEnd(planMapFinish);
  answers.plan = () => ok({ runId: 'r', chunks: [] });
  await runToEnd(planMapFinish);
  const list = async (o: object) =>
    client.send(new ListExecutionsCommand({ stateMachineArn: machineArn, ...o }));

  const page = await list({ maxResults: 1 });
  const rest = await list({ maxResults: 1, nextToken: page.nextToken });

  expect(page.executions?.map(({ status }) => status)).toEqual(['SUCCEEDED']);
  expect(rest.executions?.map(({ status }) => status)).toEqual(['FAILED']);
  expect(rest.nextToken).toBeUndefined();
  expect((await list({ statusFilter: 'FAILED' })).executions).toHaveLength(1);
});

/** The states of executions under way that a restart goes on from. */
function statesKept(): unknown[] {
  const journal = new DatabaseSync(join(dir, 'states.sqlite'), { readOnly: true });
  const rows = journal.prepare('SELECT state FROM steps').all();
  journal.close();
  return rows.map(({ state }) => state);
}

it('resumes after a close where it was, with a Wait that ends when it would have', async () => {
  const definition = {
    StartAt: 'Plan',
    States: {
      Plan: { ...Plan, Next: 'Pause' },
      Pause: { Type: 'Wait', Seconds: 3_600, Next: 'Finish' },
      Finish: { ...Finish, Parameters: { ...Finish.Parameters, Payload: { 'runId.$': '$.runId' } } },
    },
  };
  const startedAt = Date.now();
  const clock = vi.spyOn(Date, 'now').mockReturnValue(startedAt);
  states.createStateMachine(exportsMachine(definition));
  const started = states.startExecution({ stateMachineArn: machineArn, input: '{"exportId":"e"}' });
  const described = () => client.send(new DescribeExecutionCommand(started));
  await vi.waitFor(() => expect(statesKept()).toContain('Pause'), PATIENCE_MS);
  await close();

  clock.mockReturnValue(startedAt + 3_600_000 - 1);
  await open();
  states.createStateMachine(exportsMachine(definition));
  states.resume();
  await new Promise((done) => setTimeout(done, 100));
  expect((await described()).status).toBe('RUNNING');
  clock.mockReturnValue(startedAt + 3_600_000);
  await vi.waitFor(async () => expect((await described()).status).toBe('SUCCEEDED'), PATIENCE_MS);

  expect(calls).toEqual(['plan', 'finish']);
});

const withPlan = (change: object) => ({
  ...planMapFinish,
  States: { ...planMapFinish.States, Plan: { ...Plan, ...change } },
});
const withMap = (change: object) => ({
  ...planMapFinish,
  States: { ...planMapFinish.States, Write: { ...Write, ...change } },
});
it.each([
  ['QueryLanguage', { ...planMapFinish, QueryLanguage: 'JSONata' }],
  ['Plan.Arguments', withPlan({ Arguments: {} })],
  ['Plan.Assign', withPlan({ Assign: { a: 1 } })],
  ['Plan.Output', withPlan({ Output: '{% 1 %}' })],
  ['Plan.HeartbeatSeconds', withPlan({ HeartbeatSeconds: 5 })],
  ['Plan.Credentials', withPlan({ Credentials: {} })],
  ['Plan.Resource', withPlan({ Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken' })],
  ['Plan.Resource', withPlan({ Resource: 'arn:aws:states:::sqs:sendMessage' })],
  [
    'Plan.Parameters.InvocationType',
    withPlan({ Parameters: { ...Plan.Parameters, InvocationType: 'Event' } }),
  ],
  ['Write.ItemReader', withMap({ ItemReader: {} })],
  ['Write.ItemBatcher', withMap({ ItemBatcher: {} })],
  ['Write.ResultWriter', withMap({ ResultWriter: {} })],
  ['Write.ToleratedFailureCount', withMap({ ToleratedFailureCount: 1 })],
  ['Write.ToleratedFailurePercentage', withMap({ ToleratedFailurePercentage: 5 })],
  ['Write.Iterator', withMap({ Iterator: {} })],
  ['never fails with Broken', withMap({ Retry: [{ ErrorEquals: ['Broken'] }] })],
  ['$$.Task.Token', withPlan({ Parameters: { ...Plan.Parameters, Payload: { 't.$': '$$.Task.Token' } } })],
  [
    '$$.Execution.Input',
    withPlan({ Parameters: { ...Plan.Parameters, Payload: { 'i.$': '$$.Execution.Input' } } }),
  ],
])('refuses a definition for its %s', (reason, definition) => {
  expect(() => states.createStateMachine(exportsMachine(definition))).toThrow(reason);
});

it('runs choices, parallel branches, passes and failures', async () => {
  const choose = {
    StartAt: 'Which',
    States: {
      Which: {
        Type: 'Choice',
        Choices: [
          {
            And: [{ Variable: '$.n', NumericGreaterThan: 1 }, { Not: { Variable: '$.m', IsPresent: true } }],
            Next: 'Both',
          },
        ],
        Default: 'Refuse',
      },
      Both: {
        Type: 'Parallel',
        Branches: [
          { StartAt: 'A', States: { A: { Type: 'Pass', Result: 'a', End: true } } },
          {
            StartAt: 'B',
            States: {
              B: {
                ...Plan,
                Next: undefined,
                Parameters: { FunctionName: 'finish', 'Payload.$': '$.n' },
                End: true,
              },
            },
          },
        ],
        End: true,
      },
      Refuse: { Type: 'Fail', Error: 'TooFew', Cause: 'n is small' },
    },
  };

  expect(await runToEnd(JSON.stringify(choose), '{"n":2}')).toMatchObject({ output: '["a",2]' });
  expect(await runToEnd(JSON.stringify(choose), '{"n":1}')).toMatchObject({
    error: 'TooFew',
    cause: 'n is small',
  });
});
