import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { LOCAL_WRITE_KEY } from '#local/local-source.ts';
import { editAssembly, type Template } from '#test/support/assembly.ts';
import { untilConsumed } from '#test/support/consumed.ts';
import { startStackProcess } from '#test/support/stack-process.ts';
import { type Consumption, startMeteredDynamoDb } from './metered-dynamodb.ts';
import { difference, type Observed, observe } from './observed.ts';
import { SEGMENTS } from './segments.ts';
import type { Workload } from './workload.ts';

/** What some requests used of everything that is paid by use. */
export interface Use extends Observed {
  readonly requests: number;
  readonly dynamodb: Consumption;
}

/** The running stack with a meter in front of its tables. */
export interface MeteredStack {
  /** Sends requests as clients do, waits until they are through, and tells what they used. */
  use(requests: Workload['requests']): Promise<Use>;
  close(): Promise<void>;
}

/** Requests under way at once. */
const AT_ONCE = 4;
/** Requests after which everything is waited for, so that nobody's records overtake one another. */
const WAVE = 256;

/**
 * Starts the stack that lies synthesized in `cdk.out` of a folder, over a metered DynamoDB, with five segments.
 *
 * Each record of the stream is an invocation of its own, as it is where a month brings a few million
 * events: more at once would write a person once for several records, which a window is measured for.
 */
export async function startMeteredStack(home: string): Promise<MeteredStack> {
  const dir = join(home, 'state');
  mkdirSync(join(dir, 'state'), { recursive: true });
  const meter = await startMeteredDynamoDb(join(dir, 'state', 'dynamodb.sqlite'));
  const assembly = editAssembly(join(home, 'cdk.out'), join(home, 'edited'), { template: oneRecordAtATime });
  process.env.AWS_ENDPOINT_URL_DYNAMODB = meter.endpoint;
  const stack = await startStackProcess({ assembly, dir }).finally(() => {
    delete process.env.AWS_ENDPOINT_URL_DYNAMODB;
  });
  for (const { id, name, condition } of SEGMENTS) {
    await send('PUT', `${stack.urls.admin}/v1/segments/${id}`, {
      authorization: `Bearer ${stack.adminToken}`,
      body: JSON.stringify({ name, condition }),
    });
  }
  const authorization = `Basic ${Buffer.from(`${LOCAL_WRITE_KEY}:`).toString('base64')}`;

  async function post(body: Buffer): Promise<void> {
    // The sender's clock is right: its requests are sent now, of what happened then
    const sentAt = `"sentAt":"${new Date().toISOString()}"}`;
    const text = body.toString('utf8').replace(/"sentAt":"[^"]*"\}$/, sentAt);
    await send('POST', `${stack.urls.collect}/v1/batch`, { authorization, body: text });
  }

  async function sendAll(requests: Workload['requests']): Promise<void> {
    for (let from = 0; from < requests.length; from += WAVE) {
      const wave = requests.slice(from, from + WAVE).values();
      await Promise.all(
        Array.from({ length: AT_ONCE }, async () => {
          for (const { body } of wave) await post(body);
        }),
      );
      await untilConsumed(stack);
    }
  }

  return {
    async use(requests) {
      meter.take();
      const before = observe(dir);
      await sendAll(requests);
      return { requests: requests.length, dynamodb: meter.take(), ...difference(before, observe(dir)) };
    },
    async close() {
      await stack.stop();
      await meter.close();
    },
  };
}

function oneRecordAtATime(template: Template): Template {
  const resources = Object.entries(template.Resources).map(([id, resource]) => {
    const isEvents =
      resource.Type === 'AWS::Lambda::EventSourceMapping' &&
      resource.Properties.ParallelizationFactor !== undefined;
    if (!isEvents) return [id, resource] as const;
    const properties = { ...resource.Properties, BatchSize: 1, MaximumBatchingWindowInSeconds: 0 };
    return [id, { ...resource, Properties: properties }] as const;
  });
  return { ...template, Resources: Object.fromEntries(resources) };
}

async function send(
  method: string,
  url: string,
  { authorization, body }: { readonly authorization: string; readonly body: string },
): Promise<void> {
  const answer = await fetch(url, {
    method,
    headers: { authorization, 'content-type': 'application/json' },
    body,
  });
  if (!answer.ok) throw new Error(`${method} ${url} was answered ${answer.status}: ${await answer.text()}`);
  await answer.arrayBuffer();
}
