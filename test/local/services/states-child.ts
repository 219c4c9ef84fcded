import { appendFileSync } from 'node:fs';
import timers from 'node:timers/promises';
import { openStates } from '#local/services/states.ts';
import { exportsMachine, machineArn } from './states-machine.ts';

// Run by the kill test: opens the service on a folder, notes every function call in a file, and with `start`
// begins an execution of six chunks.
const [dir = '', log = '', mode] = process.argv.slice(2);
const states = openStates({
  dir,
  authorize: () => {},
  invoker: {
    async invoke(functionArn, payload) {
      const name = functionArn.split(':').at(-1);
      appendFileSync(log, `called ${name} ${JSON.stringify(payload)}\n`);
      await timers.setTimeout(name === 'write' ? 60 : 1);
      appendFileSync(log, `done ${name} ${JSON.stringify(payload)}\n`);
      if (name === 'plan') return { ok: true, payload: { runId: 'r', chunks: [1, 2, 3, 4, 5, 6] } };
      return { ok: true, payload };
    },
  },
});
states.createStateMachine(exportsMachine());
states.resume();
if (mode === 'start')
  states.startExecution({ stateMachineArn: machineArn, name: 'r', input: '{"exportId":"e"}' });
