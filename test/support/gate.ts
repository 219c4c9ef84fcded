import type { AwsCall, AwsService, Caller } from '#local/gate/aws-call.ts';
import { type GateOptions, startGate } from '#local/gate/gate.ts';
import { createAuthorize, PolicyStatement } from '#local/gate/policy.ts';

export const REGION = 'eu-west-1';
export const ACCOUNT = '000000000000';
const SECRET = 'secret';

/** A client's configuration: the gate's URL and the credentials of whoever calls. */
export interface ClientConfig {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly maxAttempts: number;
}

export interface TestGate {
  readonly url: string;
  /** What has come through, in order. */
  readonly calls: readonly AwsCall[];
  /** A function whose role has these statements. */
  asFunction(name: string): ClientConfig;
  asOperator(): ClientConfig;
  as(accessKeyId: string): ClientConfig;
  close(): Promise<void>;
}

/** Starts a gate before services, with a role for each function by its statements. */
export async function startTestGate(o: {
  services: Readonly<Record<string, AwsService>>;
  functions?: Readonly<Record<string, readonly unknown[]>>;
  keyOf?: (resourceArn: string) => string | undefined;
  cors?: GateOptions['cors'];
}): Promise<TestGate> {
  const functions = Object.entries(o.functions ?? {});
  const policies = functions.map(
    ([name, statements]) =>
      [`${name}Role`, statements.map((statement) => PolicyStatement.parse(statement))] as const,
  );
  const callers = new Map<string, Caller>(
    functions.map(([name]) => [`KEY-${name}`, { kind: 'role', roleId: `${name}Role`, name }]),
  );
  callers.set('KEY-OPERATOR', { kind: 'operator' });
  const calls: AwsCall[] = [];
  const recorded = Object.entries(o.services).map(([name, service]): [string, AwsService] => [
    name,
    (call) => {
      calls.push(call);
      return service(call);
    },
  ]);

  const gate = await startGate({
    port: 0,
    services: Object.fromEntries(recorded),
    callerOf: (accessKeyId) => callers.get(accessKeyId),
    secretAccessKey: SECRET,
    ...(o.cors !== undefined && { cors: o.cors }),
    authorize: createAuthorize({
      policies: new Map(policies),
      nameOf: (roleId) => roleId,
      keyOf: o.keyOf ?? (() => undefined),
    }),
  });
  const as = (accessKeyId: string): ClientConfig => ({
    endpoint: gate.url,
    region: REGION,
    credentials: { accessKeyId, secretAccessKey: SECRET },
    maxAttempts: 1,
  });
  return {
    url: gate.url,
    calls,
    as,
    asFunction: (name) => as(`KEY-${name}`),
    asOperator: () => as('KEY-OPERATOR'),
    close: gate.close,
  };
}
