import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SFNClient } from '@aws-sdk/client-sfn';
import { afterEach, expect, it } from 'vitest';
import { byDefinition, stepFunctionsRuns } from '#functions/adapters/stepfunctions/runs.ts';
import { openStates } from '#local/services/states.ts';
import { runsContract } from '#test/contract/runs.ts';
import { serveForTest } from '#test/support/aws-endpoint.ts';

const machine = 'arn:aws:states:eu-west-1:000000000000:stateMachine:Exports';
const definition = {
  StartAt: 'Write',
  States: {
    Write: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Parameters: {
        FunctionName: 'arn:aws:lambda:eu-west-1:000000000000:function:write',
        'Payload.$': '$',
      },
      OutputPath: '$.Payload',
      End: true,
    },
  },
};

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function open(fails = false) {
  const dir = mkdtempSync(join(tmpdir(), 'runs-'));
  const states = openStates({
    dir,
    authorize: () => undefined,
    invoker: {
      invoke: async (_, payload) =>
        fails
          ? { ok: false, errorType: 'SegmentNotFoundError', errorMessage: 'gone' }
          : { ok: true, payload },
    },
  });
  states.createStateMachine({
    arn: machine,
    name: 'Exports',
    caller: { kind: 'role', roleId: 'Role', name: 'Exports' },
    definition,
  });
  const served = await serveForTest({ service: states.service, signingName: 'states' });
  const client = new SFNClient(served.client);
  closing.push(async () => {
    client.destroy();
    await served.close();
    await states.close();
    rmSync(dir, { recursive: true });
  });
  return stepFunctionsRuns({ client, stateMachineArn: machine, orders: byDefinition('export') });
}

runsContract('Step Functions', () => open());

it('tells that a run failed, and of what', async () => {
  const runs = await open(true);
  await runs.start({ id: 'r1', definitionId: 'daily' });

  await expect
    .poll(() => runs.find('r1'))
    .toMatchObject({
      status: 'failed',
      error: 'SegmentNotFoundError',
      message: 'gone',
      finishedAt: expect.any(Number),
    });
});

it('goes on from the cursor of a full page', async () => {
  const runs = await open();
  for (let n = 0; n < 26; n++) await runs.start({ id: `r${n}`, definitionId: 'daily' });

  const first = await runs.list('daily', undefined);
  const rest = await runs.list('daily', first?.next);

  expect([first?.runs.length, rest?.runs.length, rest?.next]).toEqual([25, 1, undefined]);
});

it('leaves a run that has ended as it is', async () => {
  const runs = await open();
  await runs.start({ id: 'r1', definitionId: 'daily' });
  await expect.poll(() => runs.find('r1')).toMatchObject({ status: 'succeeded' });

  await runs.start({ id: 'r1', definitionId: 'daily' });

  expect((await runs.list('daily', undefined))?.runs).toMatchObject([{ status: 'succeeded' }]);
});
