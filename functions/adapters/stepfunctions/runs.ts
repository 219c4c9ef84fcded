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
import * as z from 'zod';

/** What a run is to do: of which definition, and what else its kind asks for. */
export interface Order {
  readonly definitionId: string;
}

/** A run of a definition: one execution of its state machine. */
export type Run<O extends Order = Order> = O & {
  readonly id: string;
  readonly status: 'running' | 'succeeded' | 'failed';
  readonly startedAt: number;
  readonly finishedAt?: number;
  /** The name of what ended a failed one. */
  readonly error?: string;
  /** What it said. */
  readonly message?: string;
};

export interface Runs<O extends Order = Order> {
  /** Starts a run, once for its id. */
  start(run: O & { readonly id: string }): Promise<void>;
  find(id: string): Promise<Run<O> | undefined>;
  /**
   * The runs of one definition, or of all, among the latest of its kind, newest first, and where to go on; no
   * page at all from a cursor that was not given out, or too long ago.
   */
  list(definitionId: string | undefined, cursor: string | undefined): Promise<RunPage<O> | undefined>;
}

export interface RunPage<O extends Order = Order> {
  readonly runs: readonly Run<O>[];
  readonly next: string | undefined;
}

/** How an order stands in the input of an execution, whoever started that. */
export interface OrderInput<O extends Order> {
  readonly write: (order: O) => object;
  readonly read: (input: unknown) => O;
}

/** Orders that name their definition and nothing else: `{"exportId": "…"}`. */
export const byDefinition = (kind: string): OrderInput<Order> => ({
  write: ({ definitionId }) => ({ [`${kind}Id`]: definitionId }),
  read(input) {
    const id: unknown = typeof input === 'object' && input !== null ? Reflect.get(input, `${kind}Id`) : '';
    return { definitionId: typeof id === 'string' ? id : '' };
  },
});

/** Executions listed at a time; each is described to learn whose it is. */
const PAGE_SIZE = 25;

/** Runs as executions of a state machine, whose input is the order. */
export function stepFunctionsRuns<O extends Order>({
  client,
  stateMachineArn,
  orders,
}: {
  readonly client: SFNClient;
  readonly stateMachineArn: string;
  readonly orders: OrderInput<O>;
}): Runs<O> {
  const executions = stateMachineArn.replace(':stateMachine:', ':execution:');

  async function describe(executionArn: string): Promise<Run<O> | undefined> {
    try {
      return runOf(await client.send(new DescribeExecutionCommand({ executionArn })), orders);
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

    async start(run) {
      const input = JSON.stringify(orders.write(run));
      try {
        await client.send(new StartExecutionCommand({ stateMachineArn, name: run.id, input }));
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
      const runs = described.filter((run) => run !== undefined);
      const wanted = runs.filter((run) => definitionId === undefined || run.definitionId === definitionId);
      return { runs: wanted, next: nextToken };
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

function runOf<O extends Order>(execution: DescribeExecutionCommandOutput, orders: OrderInput<O>): Run<O> {
  const { name = '', status = 'RUNNING', startDate, stopDate, input = '{}', error, cause } = execution;
  const failed = STATUS[status] === 'failed';
  const message = failed ? messageIn(cause) : undefined;
  return {
    ...orders.read(JSON.parse(input)),
    id: name,
    status: STATUS[status],
    startedAt: startDate?.getTime() ?? 0,
    ...(stopDate !== undefined && { finishedAt: stopDate.getTime() }),
    ...(failed && { error: error ?? status }),
    ...(message !== undefined && { message }),
  };
}

/** A function that threw leaves `{"errorMessage": …}` as the cause. */
function messageIn(cause: string | undefined): string | undefined {
  try {
    return Thrown.safeParse(JSON.parse(cause ?? '')).data?.errorMessage;
  } catch {
    return undefined;
  }
}

const Thrown = z.object({ errorMessage: z.string() });
