import { describe, expect, it } from 'vitest';
import type { AwsService } from '#local/gate/aws-call.ts';
import { type ClientConfig, startTestGate, type TestGate } from '#test/support/gate.ts';

export type Send = (config: ClientConfig) => Promise<unknown>;

/** Sends with a client of its own, which keeps no connection. */
export const by =
  <Client extends { destroy(): void }>(Client: new (config: ClientConfig) => Client) =>
  (send: (client: Client) => Promise<unknown>): Send =>
  (config) => {
    const client = new Client(config);
    return send(client).finally(() => client.destroy());
  };
/** An operation as a stock client calls it, and all that its caller must be allowed, each `action resource`. */
export type Needs = readonly (readonly [name: string, send: Send, needs: readonly string[]])[];

export const arn = (service: string, resource: string): string =>
  `arn:aws:${service}:eu-west-1:000000000000:${resource}`;

const anything: AwsService = async (call) => {
  const xml = call.service === 's3' && call.operation !== 'GetObject';
  return { status: 200, headers: {}, body: call.method === 'HEAD' ? '' : xml ? '<Result/>' : '{}' };
};
const SERVICES = Object.fromEntries(
  ['dynamodb', 'kinesis', 's3', 'states', 'scheduler', 'ses', 'events', 'secretsmanager'].map((name) => [
    name,
    anything,
  ]),
);

/** A gate before services that answer anything, with one function whose role has these statements. */
export const startFor = (statements: readonly unknown[]): Promise<TestGate> =>
  startTestGate({ services: SERVICES, functions: { worker: statements } });

/** One statement for each need. */
const statementsFor = (needs: readonly string[]) =>
  needs.map((need) => {
    const [Action, Resource] = splitNeed(need);
    return { Effect: 'Allow', Action, Resource };
  });

function splitNeed(need: string): [action: string, resource: string] {
  const space = need.indexOf(' ');
  return [need.slice(0, space), need.slice(space + 1)];
}

/** Each operation is allowed with exactly what it needs, and denied without any part of it, by name. */
export function describeNeeds(needs: Needs): void {
  describe.each(needs)('%s', (name, send, needed) => {
    it('is allowed with exactly what it needs', async () => {
      const gate = await startFor(statementsFor(needed));

      await expect(send(gate.asFunction('worker'))).resolves.toBeDefined();

      expect(gate.calls).toHaveLength(1);
      await gate.close();
    });

    it.each(needed)('is denied without %s, by name', async (missing) => {
      const rest = needed.filter((need) => need !== missing);
      const gate = await startFor(statementsFor(rest));
      const [action, resource] = splitNeed(missing);

      const denial = `User: worker (workerRole) is not authorized to perform: ${action} on resource: ${resource}`;
      // A HEAD has no body to say more in than its status, on AWS as here.
      const expected =
        name === 'HeadObject'
          ? { $metadata: { httpStatusCode: 403 } }
          : { message: expect.stringContaining(denial) };
      await expect(send(gate.asFunction('worker'))).rejects.toMatchObject(expected);

      expect(gate.calls).toHaveLength(0);
      await gate.close();
    });
  });
}
