import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  type ExecutionStatus,
  InvalidToken,
  ListExecutionsCommand,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';

/** A run of a definition: one execution of its state machine. */
export interface Run {
  readonly id: string;
  readonly definitionId: string;
  readonly status: 'running' | 'succeeded' | 'failed';
  readonly startedAt: number;
  readonly finishedAt?: number;
  /** The name of what ended a failed one. */
  readonly error?: string;
}

export interface Runs {
  /** Starts a run, once for its id. */
  start(run: { readonly id: string; readonly definitionId: string }): Promise<void>;
  find(id: string): Promise<Run | undefined>;
  /**
   * The runs of one definition among the latest of its kind, newest first, and where to go on; no page
   * at all from a cursor that was not given out, or too long ago.
   */
  list(definitionId: string, cursor: string | undefined): Promise<RunPage | undefined>;
}

export interface RunPage {
  readonly runs: readonly Run[];
  readonly next: string | undefined;
}

/** Executions listed at a time; each is described to learn whose it is. */
const PAGE_SIZE = 25;

/** Runs as executions of a state machine, whose input names the definition: `{"exportId": "…"}`. */
export function stepFunctionsRuns({
  client,
  stateMachineArn,
  kind,
}: {
  readonly client: SFNClient;
  readonly stateMachineArn: string;
  readonly kind: string;
}): Runs {
  const executions = stateMachineArn.replace(':stateMachine:', ':execution:');

  async function describe(executionArn: string): Promise<Run | undefined> {
    try {
      return runOf(await client.send(new DescribeExecutionCommand({ executionArn })), kind);
    } catch (fault) {
      if (fault instanceof ExecutionDoesNotExist) return undefined;
      throw fault;
    }
  }

  async function listExecutions(nextToken: string | undefined) {
    try {
      return await client.send(
        new ListExecutionsCommand({ stateMachineArn, maxResults: PAGE_SIZE, nextToken }),
      );
    } catch (fault) {
      if (fault instanceof InvalidToken) return undefined;
      throw fault;
    }
  }

  return {
    find: (id) => describe(`${executions}:${id}`),

    async start({ id, definitionId }) {
      const input = JSON.stringify({ [`${kind}Id`]: definitionId });
      try {
        await client.send(new StartExecutionCommand({ stateMachineArn, name: id, input }));
      } catch (fault) {
        // one that still runs with the same input is not even an error
        if (!(fault instanceof ExecutionAlreadyExists)) throw fault;
      }
    },

    async list(definitionId, cursor) {
      const page = await listExecutions(cursor);
      if (page === undefined) return undefined;
      const { executions: listed = [], nextToken } = page;
      const described = await Promise.all(
        listed.flatMap(({ executionArn }) => (executionArn === undefined ? [] : [describe(executionArn)])),
      );
      const runs = described.flatMap((run) => (run?.definitionId === definitionId ? [run] : []));
      return { runs, next: nextToken };
    },
  };
}

const STATUS: Readonly<Record<ExecutionStatus, Run['status']>> = {
  RUNNING: 'running',
  PENDING_REDRIVE: 'running',
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  TIMED_OUT: 'failed',
  ABORTED: 'failed',
};

function runOf(execution: DescribeExecutionCommandOutput, kind: string): Run {
  const { name = '', status = 'RUNNING', startDate, stopDate, input, error } = execution;
  return {
    id: name,
    definitionId: definitionOf(input, kind),
    status: STATUS[status],
    startedAt: startDate?.getTime() ?? 0,
    ...(stopDate !== undefined && { finishedAt: stopDate.getTime() }),
    ...(STATUS[status] === 'failed' && { error: error ?? status }),
  };
}

function definitionOf(input: string | undefined, kind: string): string {
  const given: unknown = JSON.parse(input ?? '{}');
  const id: unknown =
    typeof given === 'object' && given !== null ? Reflect.get(given, `${kind}Id`) : undefined;
  return typeof id === 'string' ? id : '';
}
