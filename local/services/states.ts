import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { type Authorize, AwsError, type AwsService, type Caller } from '#local/gate/aws-call.ts';
import type { Invoker } from '#local/lambda/invoker.ts';
import { jsonService, readBody } from './json-service.ts';
import { readDefinition } from './states-definition.ts';
import { type Ending, type Execution, openJournal, type Status } from './states-journal.ts';
import { type Run, startRun } from './states-run.ts';

interface Machine {
  readonly arn: string;
  readonly name: string;
  readonly caller: Caller;
  readonly definition: string;
  readonly created: number;
}

const MAX_INPUT_BYTES = 262_144;
const Arn = z.string().min(1).max(256);
const Start = z.object({
  stateMachineArn: Arn,
  name: z.string().min(1).max(80).optional(),
  input: z.string().optional(),
});
const OfExecution = z.object({ executionArn: Arn });
const Stop = OfExecution.extend({ error: z.string().max(256).optional(), cause: z.string().optional() });
const OfMachine = z.object({ stateMachineArn: Arn });
const List = OfMachine.extend({
  statusFilter: z.enum(['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']).optional(),
  maxResults: z.int().min(0).max(1000).optional(),
  nextToken: z.string().min(1).max(3096).optional(),
});

export interface StatesService {
  readonly service: AwsService;
  /** @throws {Error} naming what in the definition would not run here as it does on AWS. */
  createStateMachine(machine: { arn: string; name: string; caller: Caller; definition: unknown }): void;
  startExecution(o: { stateMachineArn: string; name?: string; input: string }): { executionArn: string };
  /** Takes up the executions that a former process left running; call it once all machines are made. */
  resume(): void;
  /** Leaves running executions to be resumed. */
  close(): Promise<void>;
}

/** Step Functions: Standard state machines of Lambda tasks. */
export function openStates(o: { dir: string; invoker: Invoker; authorize: Authorize }): StatesService {
  const journal = openJournal(o.dir);
  const machines = new Map<string, Machine>();
  const runs = new Map<string, Run>();
  const settled = new Set<Promise<void>>();

  function run(execution: Execution): void {
    const machine = machineOf(execution.machine);
    const started = startRun(execution, { machine, journal, invoker: o.invoker, authorize: o.authorize });
    runs.set(execution.arn, started);
    const done = started.ended.then((ending) => {
      runs.delete(execution.arn);
      if (ending !== undefined) journal.end(execution.arn, ending);
      settled.delete(done);
    });
    settled.add(done);
  }

  function startExecution(start: { stateMachineArn: string; name?: string | undefined; input: string }) {
    const machine = machineOf(start.stateMachineArn);
    const name = start.name ?? randomUUID();
    if (!/^[A-Za-z0-9_-]+$/.test(name)) throw new AwsError('InvalidName', `Invalid Name: '${name}'`);
    checkInput(start.input);
    const arn = `${machine.arn.replace(':stateMachine:', ':execution:')}:${name}`;
    const existing = journal.find(arn);
    if (existing !== undefined) {
      if (existing.status === 'RUNNING' && existing.input === start.input) return existing;
      throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
    }
    const { definition } = machine;
    journal.start({ arn, machine: machine.arn, name, definition, input: start.input, started: Date.now() });
    const execution = executionOf(arn);
    run(execution);
    return execution;
  }

  function stop(arn: string, ending: Ending): void {
    journal.end(arn, ending);
    runs.get(arn)?.abandon();
  }

  function machineOf(arn: string): Machine {
    const machine = machines.get(arn);
    if (machine !== undefined) return machine;
    throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
  }

  function executionOf(arn: string): Execution {
    const execution = journal.find(arn);
    if (execution !== undefined) return execution;
    throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
  }

  const service = jsonService({
    StartExecution(call) {
      const { input = '{}', ...start } = readBody(call, Start);
      const { arn, started } = startExecution({ ...start, input });
      return { executionArn: arn, startDate: started / 1000 };
    },
    StopExecution(call) {
      const { executionArn, error, cause } = readBody(call, Stop);
      executionOf(executionArn);
      stop(executionArn, { status: 'ABORTED', ...(error && { error }), ...(cause && { cause }) });
      return { stopDate: (executionOf(executionArn).stopped ?? Date.now()) / 1000 };
    },
    DescribeExecution: (call) => describe(executionOf(readBody(call, OfExecution).executionArn)),
    ListExecutions(call) {
      const { stateMachineArn, statusFilter, maxResults, nextToken } = readBody(call, List);
      machineOf(stateMachineArn);
      const limit = maxResults || 100;
      const offset = offsetOf(nextToken);
      const status: Status | undefined = statusFilter;
      const found = journal.list({ machine: stateMachineArn, status, limit: limit + 1, offset });
      const more = found.length > limit && { nextToken: String(offset + limit) };
      return { executions: found.slice(0, limit).map(summarise), ...more };
    },
    DescribeStateMachine(call) {
      const machine = machineOf(readBody(call, OfMachine).stateMachineArn);
      return { ...summariseMachine(machine), status: 'ACTIVE', definition: machine.definition };
    },
    ListStateMachines: () => ({ stateMachines: [...machines.values()].map(summariseMachine) }),
  });

  return {
    service,
    createStateMachine({ arn, name, caller, definition }) {
      const read = JSON.stringify(readDefinition(name, definition));
      machines.set(arn, { arn, name, caller, definition: read, created: Date.now() });
    },
    startExecution: (start) => ({ executionArn: startExecution(start).arn }),
    resume() {
      for (const execution of journal.running()) {
        if (runs.has(execution.arn)) continue;
        if (machines.has(execution.machine)) run(execution);
        else journal.end(execution.arn, { status: 'ABORTED', cause: 'the state machine was deleted' });
      }
    },
    async close() {
      for (const { abandon } of runs.values()) abandon();
      await Promise.all(settled);
      journal.close();
    },
  };
}

/** Our own tokens are the number of executions that were listed before. */
function offsetOf(token = '0'): number {
  if (/^\d{1,9}$/.test(token)) return Number(token);
  throw new AwsError('InvalidToken', `Invalid Token: '${token}'`);
}

function checkInput(input: string): void {
  const bytes = Buffer.byteLength(input);
  if (bytes > MAX_INPUT_BYTES) {
    throw new AwsError(
      'ValidationException',
      `input has ${bytes} bytes, at most ${MAX_INPUT_BYTES} are allowed`,
    );
  }
  try {
    JSON.parse(input);
  } catch {
    throw new AwsError('InvalidExecutionInput', 'Invalid State Machine Execution Input: not JSON');
  }
}

// The JSON protocol writes times as seconds since 1970.
const summarise = (execution: Execution) => ({
  executionArn: execution.arn,
  stateMachineArn: execution.machine,
  name: execution.name,
  status: execution.status,
  startDate: execution.started / 1000,
  ...(execution.stopped !== null && { stopDate: execution.stopped / 1000 }),
});

const describe = (execution: Execution) => ({
  ...summarise(execution),
  input: execution.input,
  inputDetails: { included: true },
  ...(execution.output !== null && { output: execution.output, outputDetails: { included: true } }),
  ...(execution.error !== null && { error: execution.error }),
  ...(execution.cause !== null && { cause: execution.cause }),
});

const summariseMachine = ({ arn, name, created }: Machine) => ({
  stateMachineArn: arn,
  name,
  type: 'STANDARD',
  creationDate: created / 1000,
});
