import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Pid } from '#shared/events/event.ts';
import { UnavailableError } from '#shared/kernel/errors.ts';
import type { Person } from '#shared/profiles/activity.ts';
import { batchGet } from './batch-get.ts';
import { readPerson } from './person-hot-items.ts';

/** Reads people, following merges. */
export interface PeopleReader {
  /** Nobody for a pid that was never stored, or is erased. */
  find(pid: Pid, options?: { readonly consistent?: boolean }): Promise<Person | undefined>;
  /** By each pid asked for; two of them may lead to one person. */
  findMany(
    pids: readonly Pid[],
    options?: { readonly consistent?: boolean },
  ): Promise<ReadonlyMap<Pid, Person>>;
}

type Read = Person | { readonly mergedInto: Pid } | undefined;

/** A Query reads both hot items for the price of one, a BatchGet fifty people in one request. */
const QUERY_AT_MOST = 8;
const ATTEMPTS = 5;

interface ReaderOptions {
  /** Told of somebody whose items cannot be read, who is then left out. @default the fault is thrown */
  readonly onUnreadable?: (fault: unknown) => void;
}

/** People as the table `people` holds them. */
export function dynamoPeopleReader(
  client: DynamoDBDocumentClient,
  tableName: string,
  { onUnreadable }: ReaderOptions = {},
): PeopleReader {
  function parse(pid: Pid, items: readonly Record<string, unknown>[]): Read | 'torn' {
    try {
      const read = readPerson(pid, items);
      return read === 'erased' ? undefined : read;
    } catch (fault) {
      if (onUnreadable === undefined) throw fault;
      onUnreadable(fault);
      return undefined;
    }
  }

  async function query(pid: Pid, consistent: boolean, attempt = 1): Promise<Read> {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'pid = :pid AND begins_with(sk, :hot)',
        ExpressionAttributeValues: { ':pid': pid, ':hot': '!' },
        ConsistentRead: consistent,
      }),
    );
    const read = parse(pid, Items);
    if (read !== 'torn') return read;
    // Also a consistent Query may pass between the two writes of a transaction
    if (attempt === ATTEMPTS) throw new UnavailableError('a person changes faster than they can be read');
    return query(pid, true, attempt + 1);
  }

  async function readAll(pids: readonly Pid[], consistent: boolean): Promise<ReadonlyMap<Pid, Read>> {
    if (pids.length <= QUERY_AT_MOST) {
      return new Map(
        await Promise.all(pids.map(async (pid) => [pid, await query(pid, consistent)] as const)),
      );
    }
    const keys = pids.flatMap((pid) => [
      { pid, sk: '!activity' },
      { pid, sk: '!profile' },
    ]);
    const items = Map.groupBy(await batchGet(client, { tableName, keys, consistent }), ({ pid }) => pid);
    const reads = pids.map(async (pid): Promise<readonly [Pid, Read]> => {
      const read = parse(pid, items.get(pid) ?? []);
      // A BatchGet is no snapshot, however consistent each item is
      return [pid, read === 'torn' ? await query(pid, true) : read];
    });
    return new Map(await Promise.all(reads));
  }

  async function findMany(wanted: readonly Pid[], consistent: boolean): Promise<ReadonlyMap<Pid, Person>> {
    const pids = [...new Set(wanted)];
    const reads = await readAll(pids, consistent);
    const survivors = [...reads.values()].flatMap((read) =>
      read !== undefined && 'mergedInto' in read ? [read.mergedInto] : [],
    );
    const followed = survivors.length === 0 ? new Map<Pid, Person>() : await findMany(survivors, consistent);
    const people = new Map<Pid, Person>();
    for (const [pid, read] of reads) {
      const person = read !== undefined && 'mergedInto' in read ? followed.get(read.mergedInto) : read;
      if (person !== undefined) people.set(pid, person);
    }
    return people;
  }

  return {
    findMany: (pids, { consistent = false } = {}) => findMany(pids, consistent),
    find: async (pid, { consistent = false } = {}) => (await findMany([pid], consistent)).get(pid),
  };
}
