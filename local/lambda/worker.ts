import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import type { Invocation, WorkerReply, WorkerSetup } from './messages.ts';

// The Lambda runtime's side: loads one bundle, then handles one invocation at a time. It imports nothing
// but Node, since every cold start pays for what it imports.

const port = parentPort;
if (port === null) throw new Error('worker.ts is started as a worker thread');
const reply = (message: WorkerReply): void => port.postMessage(message);

const failed = (error: unknown): WorkerReply => {
  if (!(error instanceof Error)) return { kind: 'error', errorType: 'Error', errorMessage: String(error) };
  console.error(error);
  return { kind: 'error', errorType: error.name, errorMessage: error.message };
};

const environment = process.env;

function contextOf({ requestId, functionArn, deadline }: Invocation) {
  return {
    awsRequestId: requestId,
    callbackWaitsForEmptyEventLoop: true,
    functionName: environment.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: environment.AWS_LAMBDA_FUNCTION_VERSION,
    invokedFunctionArn: functionArn,
    logGroupName: environment.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: environment.AWS_LAMBDA_LOG_STREAM_NAME,
    memoryLimitInMB: environment.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

async function load({
  file,
  exportName,
  clock,
}: WorkerSetup): Promise<(event: unknown, context: unknown) => unknown> {
  if (clock !== undefined) {
    const { tellTimeBy } = await import('#local/clock.ts');
    tellTimeBy(clock);
  }
  const { [exportName]: handler } = await import(pathToFileURL(file).href);
  if (typeof handler !== 'function') throw new Error(`${file} exports no function ${exportName}`);
  // https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html: Node 24 knows no callback handlers
  if (handler.length > 2) throw new Error(`${exportName} takes a callback, which Node 24 on Lambda refuses`);
  return (event, context) => handler(event, context);
}

try {
  const handler = await load(workerData);
  port.on('message', async (invocation: Invocation) => {
    const before = process.threadCpuUsage();
    try {
      const result = await handler(JSON.parse(invocation.payload), contextOf(invocation));
      const payload = JSON.stringify(result) ?? 'null';
      const { user, system } = process.threadCpuUsage(before);
      reply({ kind: 'result', payload, cpuMs: (user + system) / 1000 });
    } catch (error) {
      reply(failed(error));
    }
  });
  reply({ kind: 'ready' });
} catch (error) {
  reply(failed(error));
}
