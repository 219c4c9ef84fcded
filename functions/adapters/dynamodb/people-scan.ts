import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { Pid } from '#shared/events/event.ts';
import type { Person } from '#shared/profiles/activity.ts';
import { type PeopleScan, ScanPlace } from '#shared/profiles/people-scan.ts';
import { dynamoPeopleReader } from './people-reader.ts';
import { readPerson } from './person-hot-items.ts';

type Item = Readonly<Record<string, unknown>>;

interface ScanOptions {
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
  /** Told of somebody whose items cannot be read, who is then left out. @default the fault is thrown */
  readonly onUnreadable?: (fault: unknown) => void;
  /** Items a page, whatever they are. @default as many as are in a megabyte */
  readonly pageItems?: number;
}

/**
 * Everybody in table `people`, by parallel Scan: the parts are ranges of the hash of pids.
 *
 * Timelines and spills are read past, since they stand between people; they cost their read units, but
 * are left out by the table itself. A person stands in the page of their `!profile`, which comes after
 * their `!activity`: where a page ended between the two they are read once more by themselves.
 */
export function dynamoPeopleScan(options: ScanOptions): PeopleScan {
  const { client, tableName: TableName, onUnreadable, pageItems } = options;
  const reader = dynamoPeopleReader(client, TableName, onUnreadable === undefined ? {} : { onUnreadable });

  /** `'torn'` for one whose items do not stand together in what was read. */
  function parse(pid: Pid, items: readonly Item[]): Person | 'torn' | undefined {
    try {
      const read = readPerson(pid, items);
      if (read === 'torn') return read;
      return read === undefined || read === 'erased' || 'mergedInto' in read ? undefined : read;
    } catch (fault) {
      if (onUnreadable === undefined) throw fault;
      onUnreadable(fault);
      return undefined;
    }
  }

  /** Somebody absorbed meanwhile is who they became, and stands in another page as such. */
  async function readAgain(pid: Pid): Promise<Person | undefined> {
    const person = await reader.find(pid, { consistent: true });
    return person?.pid === pid ? person : undefined;
  }

  async function readPeople(items: readonly Item[]): Promise<readonly Person[]> {
    const people: Person[] = [];
    for (const [pid, theirs] of Map.groupBy(items, (item) => Pid.parse(item.pid))) {
      if (!theirs.some(({ sk }) => sk === '!profile')) continue;
      const read = parse(pid, theirs);
      const person = read === 'torn' ? await readAgain(pid) : read;
      if (person !== undefined) people.push(person);
    }
    return people;
  }

  return {
    async page({ segment, of }, after) {
      const {
        Items = [],
        ScannedCount = 0,
        ConsumedCapacity,
        LastEvaluatedKey,
      } = await client.send(
        new ScanCommand({
          TableName,
          Segment: segment,
          TotalSegments: of,
          ExclusiveStartKey: after,
          Limit: pageItems,
          FilterExpression: 'sk IN (:activity, :profile)',
          ExpressionAttributeValues: { ':activity': '!activity', ':profile': '!profile' },
          ReturnConsumedCapacity: 'TOTAL',
        }),
      );
      return {
        people: await readPeople(Items),
        items: ScannedCount,
        readUnits: ConsumedCapacity?.CapacityUnits ?? 0,
        ...(LastEvaluatedKey !== undefined && { next: ScanPlace.parse(LastEvaluatedKey) }),
      };
    },

    async countItems() {
      const { Table } = await client.send(new DescribeTableCommand({ TableName }));
      return Table?.ItemCount ?? 0;
    },
  };
}
