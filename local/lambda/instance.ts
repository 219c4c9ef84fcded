import type { Writable } from 'node:stream';
import { Worker } from 'node:worker_threads';
import type { InvokeResult } from './invoker.ts';
import { type Invocation, MAX_PAYLOAD_BYTES, type WorkerReply, type WorkerSetup } from './messages.ts';

/** What an instance of a function is started with. */
export interface InstanceOptions extends WorkerSetup {
  /** All that the code sees: nothing of the operator's own environment is added. */
  readonly environment: Readonly<Record<string, string>>;
  readonly memoryMb: number;
  readonly timeoutMs: number;
  readonly log: Writable;
}

/** What came of an invocation, and the processor time of its thread; none where it did not end well. */
export interface Handled {
  readonly result: InvokeResult;
  readonly cpuMs: number;
}

/** One warm copy of a function, which handles one invocation at a time. */
export interface Instance {
  handle(invocation: Omit<Invocation, 'deadline'>): Promise<Handled>;
  /** False once the worker is gone, which a timeout, a crash or `stop` bring about. */
  alive(): boolean;
  stop(): Promise<void>;
}

// AWS gives 10 s; a laptop whose cores are all busy needs longer for the same work.
const INIT_LIMIT_MS = 30_000;

/** Starts a worker and loads the bundle into it. What goes wrong then is the first invocation's error. */
export function startInstance(options: InstanceOptions): Instance {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: { file: options.file, exportName: options.exportName, clock: options.clock },
    env: { ...options.environment },
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: options.memoryMb },
    stdout: true,
    stderr: true,
  });
  const log = (text: string | Buffer): void => {
    if (options.log.writable) options.log.write(text); // a last line may come when the log is closed already
  };
  worker.stdout.on('data', log);
  worker.stderr.on('data', log);

  let isAlive = true;
  let settle: (reply: WorkerReply) => void = () => {};
  const nextReply = (): Promise<WorkerReply> => new Promise((resolve) => (settle = resolve));

  worker.on('message', (reply: WorkerReply) => settle(reply));
  worker.on('error', (error: Error & { code?: string }) => {
    isAlive = false;
    const errorType = error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'Runtime.OutOfMemory' : 'Runtime.Unhandled';
    log(`${error.stack ?? error.message}\n`);
    settle({ kind: 'error', errorType, errorMessage: error.message });
  });
  worker.on('exit', (code) => {
    isAlive = false;
    settle({ kind: 'error', errorType: 'Runtime.ExitError', errorMessage: `the runtime ended with ${code}` });
  });

  const replyWithin = async (limitMs: number, message: string): Promise<WorkerReply> => {
    const overdue = Promise.withResolvers<WorkerReply>();
    const timer = setTimeout(() => {
      isAlive = false;
      void worker.terminate();
      overdue.resolve({ kind: 'error', errorType: 'Sandbox.Timedout', errorMessage: message });
    }, limitMs);
    const reply = await Promise.race([nextReply(), overdue.promise]);
    clearTimeout(timer);
    return reply;
  };

  const loaded = replyWithin(INIT_LIMIT_MS, `loading took longer than ${INIT_LIMIT_MS / 1000} seconds`);

  return {
    async handle(invocation) {
      const ready = await loaded;
      if (ready.kind === 'error') {
        await stop();
        return asHandled(ready);
      }
      const seconds = (options.timeoutMs / 1000).toFixed(2);
      const message = `RequestId: ${invocation.requestId} Error: Task timed out after ${seconds} seconds`;
      worker.postMessage({ ...invocation, deadline: Date.now() + options.timeoutMs });
      return asHandled(await replyWithin(options.timeoutMs, message));
    },
    alive: () => isAlive,
    stop,
  };

  async function stop(): Promise<void> {
    isAlive = false;
    await worker.terminate();
  }
}

const asHandled = (reply: WorkerReply): Handled => ({
  result: asResult(reply),
  cpuMs: reply.kind === 'result' ? reply.cpuMs : 0,
});

function asResult(reply: WorkerReply): InvokeResult {
  switch (reply.kind) {
    case 'ready':
      return { ok: false, errorType: 'Runtime.Unhandled', errorMessage: 'the runtime loaded twice' };
    case 'result':
      return Buffer.byteLength(reply.payload) > MAX_PAYLOAD_BYTES
        ? tooLarge
        : { ok: true, payload: JSON.parse(reply.payload) };
    case 'error':
      return { ok: false, errorType: reply.errorType, errorMessage: reply.errorMessage };
  }
}

const tooLarge: InvokeResult = {
  ok: false,
  errorType: 'Function.ResponseSizeTooLarge',
  errorMessage: `Response payload size exceeded maximum allowed payload size (${MAX_PAYLOAD_BYTES} bytes).`,
};
