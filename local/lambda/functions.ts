import { randomUUID } from 'node:crypto';
import { createWriteStream, existsSync, mkdirSync, type WriteStream } from 'node:fs';
import { devNull } from 'node:os';
import { join } from 'node:path';
import type { ClockOffset } from '#local/clock.ts';
import { type Handled, type Instance, startInstance } from './instance.ts';
import type { InvokeResult, Invoker } from './invoker.ts';
import { MAX_PAYLOAD_BYTES } from './messages.ts';

/** A function as the template deploys it. */
export interface FunctionSpec {
  readonly logicalId: string;
  readonly arn: string;
  readonly name: string;
  /** The directory of its code, and `file.export` in it. */
  readonly directory: string;
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly reservedConcurrency?: number | undefined;
  /** Who it is to the gate. */
  readonly accessKeyId: string;
  /** `AWS_ENDPOINT_URL`: all that points product code at this machine. */
  readonly endpointUrl: string;
}

/** All functions of a stack, run on worker threads. */
export interface Functions extends Invoker {
  add(spec: FunctionSpec): void;
  /**
   * Ends an instance in the midst of what it does, as a fault of its runtime would: the n-th of those that
   * are busy, counted round and round. @returns the logical id of its function, or nothing where none is busy.
   */
  crash(n: number): string | undefined;
  close(): Promise<void>;
}

export interface FunctionsOptions {
  readonly logDirectory: string;
  readonly region: string;
  /** @default the machine's */
  readonly clock?: ClockOffset | undefined;
}

// More at once than this only makes a laptop swap; whoever comes then waits for a free instance.
const MAX_INSTANCES = 8;

export function openFunctions(options: FunctionsOptions): Functions {
  mkdirSync(options.logDirectory, { recursive: true });
  const pools = new Map<string, Pool>();

  return {
    add(spec) {
      pools.set(spec.arn, openPool(spec, options));
    },
    async invoke(functionArn, payload) {
      // A qualified ARN has an eighth part; every version is the one that was synthesized.
      const pool = pools.get(functionArn.split(':').slice(0, 7).join(':'));
      if (pool !== undefined) return pool.invoke(payload, functionArn);
      return refusal('ResourceNotFoundException', `there is no function ${functionArn}`);
    },
    crash(n) {
      const busy = [...pools.values()].flatMap((pool) => pool.busy());
      const struck = busy[n % busy.length];
      void struck?.instance.stop();
      return struck?.logicalId;
    },
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.close()));
    },
  };
}

const refusal = (errorType: string, errorMessage: string): InvokeResult => ({
  ok: false,
  errorType,
  errorMessage,
});

interface Pool {
  invoke(payload: unknown, functionArn: string): Promise<InvokeResult>;
  busy(): readonly { readonly logicalId: string; readonly instance: Instance }[];
  close(): Promise<void>;
}

function openPool(spec: FunctionSpec, options: FunctionsOptions): Pool {
  const log = createWriteStream(join(options.logDirectory, `${spec.logicalId}.log`), { flags: 'a' });
  const [module = '', exportName = ''] = spec.handler.split(/\.(?=[^.]+$)/);
  const setup = {
    file: fileOf(join(spec.directory, module)),
    exportName,
    environment: environmentOf(spec, options),
    clock: options.clock,
    memoryMb: spec.memoryMb,
    timeoutMs: spec.timeoutMs,
    log,
  };
  const limit = Math.min(MAX_INSTANCES, spec.reservedConcurrency ?? MAX_INSTANCES);
  const instances = new Set<Instance>();
  const idle: Instance[] = [];
  const waiting: ((instance: Instance) => void)[] = [];
  let isClosed = false;

  function start(): Instance {
    const instance = startInstance(setup);
    instances.add(instance);
    return instance;
  }

  function take(): Instance | Promise<Instance> {
    // The one used last is the warmest, and those used least can stay asleep.
    const warm = idle.pop();
    if (warm?.alive()) return warm;
    if (warm !== undefined) {
      instances.delete(warm); // it died between two invocations, by a promise that nobody awaited
      return take();
    }
    if (instances.size < limit) return start();
    return new Promise((resolve) => waiting.push(resolve));
  }

  function giveBack(instance: Instance): void {
    if (!instance.alive()) instances.delete(instance);
    const next = waiting.shift();
    if (next !== undefined) next(instance.alive() ? instance : start());
    else if (instance.alive()) idle.push(instance);
  }

  return {
    async invoke(payload, functionArn) {
      const body = JSON.stringify(payload) ?? 'null';
      if (Buffer.byteLength(body) > MAX_PAYLOAD_BYTES) {
        return refusal(
          'RequestEntityTooLargeException',
          `a request is limited to ${MAX_PAYLOAD_BYTES} bytes`,
        );
      }
      if (isClosed) return unknown();
      const requestId = randomUUID();
      const instance = await take();
      const startedAt = performance.now();
      const handled = await instance.handle({ requestId, payload: body, functionArn });
      if (isClosed) return unknown();
      report(log, { requestId, durationMs: performance.now() - startedAt, ...handled });
      giveBack(instance);
      return handled.result;
    },
    busy: () =>
      [...instances]
        .filter((instance) => instance.alive() && !idle.includes(instance))
        .map((instance) => ({ logicalId: spec.logicalId, instance })),
    async close() {
      isClosed = true;
      await Promise.all([...instances].map((instance) => instance.stop()));
      await new Promise<void>((resolve) => log.end(resolve));
    },
  };
}

/** As after a kill, what is under way when the stack stops has no outcome that anyone could write down. */
const unknown = (): Promise<InvokeResult> => new Promise(() => {});

interface Report extends Handled {
  readonly requestId: string;
  readonly durationMs: number;
}

function report(log: WriteStream, { requestId, durationMs, cpuMs, result }: Report): void {
  const outcome = result.ok ? 'ok' : `${result.errorType}: ${result.errorMessage}`;
  const times = `Duration: ${durationMs.toFixed(2)} ms Cpu: ${cpuMs.toFixed(2)} ms`;
  log.write(`REPORT RequestId: ${requestId} ${times} Outcome: ${outcome}\n`);
}

function fileOf(module: string): string {
  const file = ['.mjs', '.js', '.cjs'].map((extension) => module + extension).find(existsSync);
  if (file === undefined) throw new Error(`there is no bundle ${module}.mjs, .js or .cjs`);
  return file;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime */
function environmentOf(spec: FunctionSpec, { region }: FunctionsOptions): Record<string, string> {
  return {
    ...spec.environment,
    AWS_ENDPOINT_URL: spec.endpointUrl,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: spec.accessKeyId,
    AWS_SECRET_ACCESS_KEY: 'local',
    // the operator's own profiles, which SDKs would read from the home directory
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: spec.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(spec.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${spec.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    LAMBDA_TASK_ROOT: spec.directory,
    TZ: ':UTC',
    _HANDLER: spec.handler,
  };
}
