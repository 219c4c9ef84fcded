import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type FunctionSpec, type Functions, openFunctions } from '#local/lambda/functions.ts';

const BUNDLE = `
import { threadId } from 'node:worker_threads';
let calls = 0;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
export const handlers = {
  echo: async ({ event }) => event,
  env: async () => ({ ...process.env }),
  count: async () => ({ calls: ++calls, threadId }),
  pause: async ({ ms }) => { await pause(ms); return threadId; },
  spin: async () => { for (;;); },
  crash: async () => { Promise.reject(new Error('nobody waits for me')); await pause(50); },
  exit: async () => process.exit(3),
  fail: async () => { throw new TypeError('no such luck'); },
  nothing: async () => undefined,
  log: async () => { console.log('a line of the function'); },
  large: async () => 'x'.repeat(7_000_000),
  context: async (_, context) => ({ ...context, remaining: context.getRemainingTimeInMillis() }),
};
export const handler = async (event, context) => handlers[event.do](event, context);
export const callback = (event, context, done) => done(null, 1);
`;

const ARN = 'arn:aws:lambda:eu-west-1:000000000000:function:';
let directory: string;
let functions: Functions;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'functions-'));
  writeFileSync(join(directory, 'index.mjs'), BUNDLE);
  writeFileSync(join(directory, 'broken.mjs'), 'throw new RangeError("will not load");');
});
afterAll(() => rmSync(directory, { recursive: true }));
afterEach(() => functions.close());

function open(spec: Partial<FunctionSpec> = {}) {
  functions = openFunctions({
    logDirectory: join(directory, 'logs'),
    region: 'eu-west-1',
  });
  functions.add({
    logicalId: 'Tested',
    arn: `${ARN}tested`,
    name: 'tested',
    directory,
    handler: 'index.handler',
    environment: { TABLE: 'people' },
    timeoutMs: 5_000,
    memoryMb: 128,
    accessKeyId: 'TESTED',
    endpointUrl: 'http://127.0.0.1:1',
    ...spec,
  });
  return (event: unknown, arn = `${ARN}tested`) => functions.invoke(arn, event);
}

describe('an invocation', () => {
  it('fails when its instance is crashed in its midst, and another instance takes the next', async () => {
    const invoke = open();
    const before = await invoke({ do: 'count' });

    const cut = invoke({ do: 'pause', ms: 60_000 });
    await vi.waitUntil(() => functions.crash(7) === 'Tested', 20_000);

    expect(await cut).toMatchObject({ ok: false, errorType: 'Runtime.ExitError' });
    expect(functions.crash(0)).toBeUndefined();
    expect(await invoke({ do: 'count' })).toMatchObject({ ok: true, payload: { calls: 1 } });
    expect(before).toMatchObject({ payload: { calls: 1 } });
  });

  it('gives the handler the payload and returns its answer', async () => {
    const invoke = open();

    expect(await invoke({ do: 'echo', event: { a: [1, null] } })).toEqual({
      ok: true,
      payload: { a: [1, null] },
    });
    expect(await invoke({ do: 'nothing' })).toEqual({ ok: true, payload: null });
  });

  it('takes an ARN with a version', async () => {
    const invoke = open();

    expect(await invoke({ do: 'echo', event: 1 }, `${ARN}tested:$LATEST`)).toMatchObject({ ok: true });
    expect(await invoke({}, `${ARN}other`)).toMatchObject({ errorType: 'ResourceNotFoundException' });
  });

  it('has a context as on Lambda', async () => {
    const invoke = open();

    const result = await invoke({ do: 'context' });

    expect(result).toMatchObject({
      payload: {
        functionName: 'tested',
        invokedFunctionArn: `${ARN}tested`,
        memoryLimitInMB: '128',
        awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        remaining: expect.toSatisfy((ms: number) => ms > 4_000 && ms <= 5_000),
      },
    });
  });

  it('sees the environment of the template, its own credentials and nothing of the operator', async () => {
    vi.stubEnv('AWS_PROFILE', 'production');
    vi.stubEnv('AWS_SESSION_TOKEN', 'secret');
    const invoke = open();

    const result = await invoke({ do: 'env' });

    expect(result).toMatchObject({
      payload: {
        TABLE: 'people',
        AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
        AWS_REGION: 'eu-west-1',
        AWS_ACCESS_KEY_ID: 'TESTED',
        AWS_LAMBDA_FUNCTION_NAME: 'tested',
      },
    });
    expect(result).not.toHaveProperty('payload.AWS_PROFILE');
    expect(result).not.toHaveProperty('payload.AWS_SESSION_TOKEN');
    expect(result).not.toHaveProperty('payload.HOME');
    expect(result).not.toHaveProperty('payload.PATH');
    vi.unstubAllEnvs();
  });

  it('leaves its lines in the log of the function', async () => {
    const invoke = open({ logicalId: 'Logged' });

    await invoke({ do: 'log' });
    await functions.close();

    const log = readFileSync(join(directory, 'logs', 'Logged.log'), 'utf8');
    expect(log).toContain('a line of the function');
    expect(log).toMatch(/REPORT RequestId: \S+ Duration: \d+\.\d\d ms Cpu: \d+\.\d\d ms Outcome: ok/);
  });
});

describe('what goes wrong', () => {
  it.each([
    ['an error thrown', { do: 'fail' }, 'TypeError', 'no such luck'],
    ['a promise nobody waits for', { do: 'crash' }, 'Runtime.Unhandled', 'nobody waits for me'],
    ['an exit', { do: 'exit' }, 'Runtime.ExitError', 'the runtime ended with 3'],
    ['too large an answer', { do: 'large' }, 'Function.ResponseSizeTooLarge', '6291556'],
    ['too large a request', { do: 'x'.repeat(7_000_000) }, 'RequestEntityTooLargeException', '6291556'],
  ])('%s is the error of that invocation, and the next one works', async (_, event, errorType, message) => {
    const invoke = open();

    expect(await invoke(event)).toEqual({
      ok: false,
      errorType,
      errorMessage: expect.stringContaining(message),
    });
    expect(await invoke({ do: 'echo', event: 1 })).toEqual({ ok: true, payload: 1 });
  });

  it('a bundle that does not load fails each invocation with its error', async () => {
    const invoke = open({ handler: 'broken.handler' });

    const failure = { ok: false, errorType: 'RangeError', errorMessage: 'will not load' };
    expect(await invoke({})).toEqual(failure);
    expect(await invoke({})).toEqual(failure);
  });

  it('a callback handler is refused, as by Node 24 on Lambda', async () => {
    const invoke = open({ handler: 'index.callback' });

    expect(await invoke({})).toMatchObject({ ok: false, errorMessage: expect.stringContaining('callback') });
  });

  it('a function without its bundle is an error of the start', () => {
    expect(() => open({ handler: 'absent.handler' })).toThrow(/there is no bundle .*absent/);
  });

  it('a handler that does not end is ended at its timeout', async () => {
    const invoke = open({ timeoutMs: 1_000 });

    expect(await invoke({ do: 'spin' })).toEqual({
      ok: false,
      errorType: 'Sandbox.Timedout',
      errorMessage: expect.stringMatching(/^RequestId: \S+ Error: Task timed out after 1.00 seconds$/),
    });
    expect(await invoke({ do: 'echo', event: 1 })).toEqual({ ok: true, payload: 1 });
  });
});

describe('instances', () => {
  it('stay warm between invocations', async () => {
    const invoke = open();

    await invoke({ do: 'count' });

    expect(await invoke({ do: 'count' })).toMatchObject({ payload: { calls: 2 } });
  });

  it('handle one invocation at a time, each its own', async () => {
    const invoke = open();

    const results = await Promise.all([1, 2, 3].map(() => invoke({ do: 'pause', ms: 300 })));

    expect(new Set(results.map((result) => JSON.stringify(result))).size).toBe(3);
  });

  it('are no more than the reserved concurrency', async () => {
    const invoke = open({ reservedConcurrency: 1 });

    const results = await Promise.all([1, 2, 3].map(() => invoke({ do: 'count' })));

    expect(results).toMatchObject([1, 2, 3].map((calls) => ({ payload: { calls } })));
  });
});
