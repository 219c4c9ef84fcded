import { join } from 'node:path';
import { moveClock, newClockOffset, tellTimeBy } from './clock.ts';
import { type Closing, openClosing, patiently } from './closing.ts';
import { type Delivery, putAsFunction } from './deliveries.ts';
import { openDoors, takeDoors, urlsOf } from './doors.ts';
import { ACCOUNT } from './gate/arns.ts';
import { createAuthorize } from './gate/policy.ts';
import { openTokenIssuer } from './http/token-issuer.ts';
import { openCheckpoints } from './lambda/checkpoints.ts';
import { startDynamoDbStreamMapping } from './lambda/dynamodb-stream-mapping.ts';
import type { FailedBatch } from './lambda/failed-batch.ts';
import type { Functions } from './lambda/functions.ts';
import { startKinesisMapping } from './lambda/kinesis-mapping.ts';
import { OPERATOR, openServices } from './open-services.ts';
import { jwtAuthorizerOf } from './resources/api-gateway-v2-authorizer.ts';
import { policiesOf } from './resources/iam-policy.ts';
import { streamMappingsOf } from './resources/lambda-event-source-mapping.ts';
import type { Resource } from './resources/resource-type.ts';
import { RESOURCE_TYPES } from './resources/resource-types.ts';
import { lockState } from './state-lock.ts';
import { loadAssembly } from './template/assembly.ts';
import { evaluate } from './template/evaluate.ts';

export interface StackOptions {
  /** A cloud assembly with one stack, `cdk.out`. */
  readonly assembly: string;
  /** Where all state lives, `.local`. */
  readonly dir: string;
  /** 0 for any that is free. */
  readonly ports: Readonly<Record<'collect' | 'admin' | 'mail' | 'aws', number>>;
  /**
   * Whether its clock can be moved on, by which all of this process tells the time then.
   * @default false
   */
  readonly hasMovableClock?: boolean;
  /** @default nobody is told */
  readonly log?: (line: string) => void;
}

/** A stack that serves until it is closed. */
export interface LocalStack {
  readonly urls: Readonly<Record<'collect' | 'admin' | 'mail' | 'aws', string>>;
  readonly outputs: Readonly<Record<string, string>>;
  readonly adminToken: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly region: string;
  readonly crashFunction: Functions['crash'];
  /**
   * Lets time pass for everything but what waits by a timer of its own; schedules that become due by it are
   * started. What is on its way then is as old as that, so let all of it be through before.
   *
   * @throws where the clock is the machine's.
   */
  moveClock(milliseconds: number): void;
  close(): Promise<void>;
}

/**
 * Runs a synthesized stack on this machine: makes its resources, or takes them up as a former run left them,
 * wires what the template wires, and answers on four ports of the loopback.
 *
 * @throws with everything closed again, for what the template holds that does not run here, for a port that
 *   is taken, and for state that another process uses.
 */
export async function startStack(options: StackOptions): Promise<LocalStack> {
  const closing = openClosing();
  try {
    return await openStack(options, closing);
  } catch (error) {
    await closing.close();
    throw error;
  }
}

async function openStack(o: StackOptions, closing: Closing): Promise<LocalStack> {
  const { assembly, dir, ports, hasMovableClock = false, log = () => {} } = o;
  const clock = hasMovableClock ? newClockOffset() : undefined;
  if (clock !== undefined) tellTimeBy(clock);
  closing.add(lockState(dir));
  const { template, ...loaded } = loadAssembly(assembly);
  const doors = await takeDoors(template, ports);
  const listeners = closing.add(patiently([...doors.values()]));

  const place = { ...loaded, account: ACCOUNT, apiUrls: urlsOf(doors) };
  const { resources, outputs } = evaluate(template, { place, types: RESOURCE_TYPES });
  const authorize = createAuthorize({
    policies: policiesOf(resources),
    nameOf: (roleArn) => roleArn.slice(roleArn.lastIndexOf('/') + 1),
    keyOf: keysOf(resources),
  });

  const services = await openServices({ dir, ports, place, resources, authorize, log, closing, clock });
  for (const resource of resources) {
    await RESOURCE_TYPES.get(resource.type)?.create?.(resource, services, place);
  }
  startFlows(services, { dir, closing });

  const issuer = openTokenIssuer({ dir });
  const { functions: invoker, mayInvoke, ses, endpointUrl } = services;
  openDoors(doors, { resources, place, invoker, mayInvoke, tokenKey: issuer.publicKey, log });
  closing.add(listeners); // again: the first to be opened are also the first to be shut

  const users = jwtAuthorizerOf(resources);
  return {
    urls: {
      collect: outputs.CollectUrl ?? '',
      admin: outputs.AdminUrl ?? '',
      mail: ses.url,
      aws: endpointUrl,
    },
    outputs,
    adminToken: users === undefined ? '' : await issuer.adminToken(users),
    credentials: OPERATOR,
    region: place.region,
    crashFunction: services.functions.crash,
    moveClock(milliseconds) {
      if (clock === undefined) throw new Error('the clock of this stack is that of the machine');
      moveClock(clock, milliseconds);
      services.scheduler.wake();
    },
    close: closing.close,
  };
}

/** Starts all that invokes functions by itself, where a former run left off. */
function startFlows(
  services: Awaited<ReturnType<typeof openServices>>,
  { dir, closing }: { readonly dir: string; readonly closing: Closing },
): void {
  const { states, events, scheduler, ses, kinesis, dynamodb, delivery } = services;
  const checkpoints = closing.add(openCheckpoints({ dir: join(dir, 'state') }));
  const mappings: { close(): Promise<void> }[] = [];
  closing.add(patiently(mappings));
  for (const mapping of streamMappingsOf(services.resources)) {
    const onFailure = async (batch: FailedBatch) => keepBatch(mapping.functionArn, batch, delivery);
    const d = { ...delivery, checkpoints, onFailure };
    const isKinesis = mapping.properties.EventSourceArn.startsWith('arn:aws:kinesis:');
    mappings.push(
      isKinesis
        ? startKinesisMapping(mapping, { ...d, kinesis })
        : startDynamoDbStreamMapping(mapping, { ...d, endpoint: dynamodb.endpoint }),
    );
  }
  states.resume();
  events.resume();
  ses.resume();
  scheduler.resume();
}

const keepBatch = (functionArn: string, { destination, key, body }: FailedBatch, delivery: Delivery): void =>
  putAsFunction({ functionArn, bucketArn: destination, key, body }, delivery);

/** Which key encrypts each resource. */
function keysOf(resources: readonly Resource[]): (resourceArn: string) => string | undefined {
  const keys = new Map<string, string>();
  for (const { type, properties, ref, attributes } of resources) {
    const key = RESOURCE_TYPES.get(type)?.encryptionKey?.(properties);
    if (key !== undefined) keys.set(attributes.Arn ?? ref, key);
  }
  return (resourceArn) => keys.get(resourceArn);
}
