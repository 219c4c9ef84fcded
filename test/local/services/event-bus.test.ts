import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type EventBusService, openEventBus } from '#local/services/event-bus.ts';
import { serveForTest } from '#test/support/aws-endpoint.ts';

/** Other tests may keep the machine busy. */
const PATIENCE_MS = 20_000;

let dir: string;
let delivered: { arn: string; event: unknown }[];
let failures: number;
let givenUp: object[];
let bus: EventBusService;
let client: EventBridgeClient;
let close: () => Promise<void>;

async function open(): Promise<void> {
  bus = openEventBus({
    dir,
    async deliver(target) {
      if (failures-- > 0) throw new Error('not now');
      delivered.push(target);
    },
    arnOf: (name) => `arn:aws:events:eu-west-1:000000000000:event-bus/${name}`,
    onFailure: async (failed) => void givenUp.push(failed),
    firstPauseMs: 5,
  });
  bus.createBus('own');
  const pattern = { source: ['tributary'], 'detail-type': ['Segment Entered'] };
  bus.createRule({ bus: 'own', pattern, targets: [{ arn: 'enter' }, { arn: 'audit' }] });
  bus.createRule({ bus: 'default', pattern: { source: ['aws.ses'] }, targets: [{ arn: 'feedback' }] });
  bus.resume();
  const served = await serveForTest({ service: bus.service, signingName: 'events' });
  client = new EventBridgeClient(served.client);
  close = async () => {
    client.destroy();
    await served.close();
    await bus.close();
  };
}

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'event-bus-'));
  delivered = [];
  failures = 0;
  givenUp = [];
  await open();
});
afterEach(async () => {
  await close();
  rmSync(dir, { recursive: true });
});

const entry = {
  EventBusName: 'own',
  Source: 'tributary',
  DetailType: 'Segment Entered',
  Detail: '{"segment":"s"}',
};
const put = (...entries: object[]) =>
  client.send(new PutEventsCommand({ Entries: entries.map((change) => ({ ...entry, ...change })) }));

it('hands an event to the targets of the rules that match it, in the envelope of AWS', async () => {
  const { Entries } = await put(
    { Time: new Date('2026-11-22T10:00:00.500Z') },
    { DetailType: 'Segment Exited' },
  );

  await vi.waitFor(() => expect(delivered).toHaveLength(2), PATIENCE_MS);
  expect(delivered.map(({ arn }) => arn)).toEqual(['enter', 'audit']);
  expect(delivered[0]?.event).toEqual({
    version: '0',
    id: Entries?.[0]?.EventId,
    'detail-type': 'Segment Entered',
    source: 'tributary',
    account: '000000000000',
    time: '2026-11-22T10:00:00Z',
    region: 'eu-west-1',
    resources: [],
    detail: { segment: 's' },
  });
});

it.each([
  [{ Detail: '[1]' }, 'MalformedDetail'],
  [{ Detail: '{' }, 'MalformedDetail'],
  [{ Source: undefined }, 'InvalidArgument'],
  [{ DetailType: '' }, 'InvalidArgument'],
  [{ Source: 'aws.ses' }, 'NotAuthorizedForSource'],
  [{ EventBusName: 'none' }, 'ResourceNotFoundException'],
])('refuses the entry with %j as %s and takes the others', async (change, ErrorCode) => {
  const reply = await put(change, {});

  expect(reply).toMatchObject({
    FailedEntryCount: 1,
    Entries: [{ ErrorCode }, { EventId: expect.any(String) }],
  });
});

it('takes at most ten entries', async () => {
  await expect(put(...Array.from({ length: 11 }, () => ({})))).rejects.toMatchObject({
    name: 'ValidationException',
  });
});

it('tries a target again that throws, and hands over what failed three times', async () => {
  failures = 2;
  bus.publish('default', { source: 'aws.ses', detailType: 'Email Sent', detail: {} });
  await vi.waitFor(() => expect(delivered).toHaveLength(1), PATIENCE_MS);

  failures = 3;
  bus.publish('default', { source: 'aws.ses', detailType: 'Email Sent', detail: {} });

  await vi.waitFor(() => expect(givenUp).toHaveLength(1), PATIENCE_MS);
  expect(givenUp).toMatchObject([
    { arn: 'feedback', event: { source: 'aws.ses' }, attempts: 3, reason: 'not now' },
  ]);
  expect(delivered).toHaveLength(1);
});

it('refuses a rule whose pattern it would not match as AWS does', () => {
  const rule = { bus: 'own', pattern: { source: [{ soundex: 'x' }] }, targets: [] };

  expect(() => bus.createRule(rule)).toThrow('soundex');
});

it('delivers after a kill -9 what was accepted before it', async () => {
  await close();
  const script = join(import.meta.dirname, 'event-bus-child.ts');
  const child = spawn(process.execPath, [script, dir], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((done) => child.stdout.once('data', done));
  child.kill('SIGKILL');
  await new Promise((done) => child.once('exit', done));

  await open();

  await vi.waitFor(() => expect(delivered).toHaveLength(3), PATIENCE_MS);
  expect(delivered).toMatchObject([1, 2, 3].map((n) => ({ arn: 'feedback', event: { detail: { n } } })));
});
