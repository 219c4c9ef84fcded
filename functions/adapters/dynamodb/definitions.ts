import { setTimeout as pause } from 'node:timers/promises';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  GetCommand,
  paginateQuery,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { EpochMs } from '#shared/events/event.ts';
import { RequestError, UnavailableError } from '#shared/kernel/errors.ts';
import type { DefinitionRepository, Stored } from '#shared/sources/definition-repository.ts';

/** What stands in table `catalog` under its sort key `id`; a removed definition stays as its version. */
const Item = z.object({
  id: z.string(),
  version: z.int().positive(),
  updatedAt: EpochMs,
  /** As JSON, which keeps numbers and depth as they were sent, where DynamoDB's maps have limits. */
  definition: z.string().optional(),
});
type Item = z.infer<typeof Item>;

type Writes = NonNullable<TransactWriteCommandInput['TransactItems']>;

export type DefinitionKind =
  | 'source'
  | 'trackingPlan'
  | 'segment'
  | 'trait'
  | 'computedTrait'
  | 'settings'
  | 'export'
  | 'campaign'
  | 'import';

/** What a definition was, and what it is to be; `undefined` for none. */
export interface Change<T> {
  readonly id: string;
  readonly before: T | undefined;
  readonly after: T | undefined;
}

export interface DefinitionsOptions<S extends z.ZodType> {
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
  readonly kind: DefinitionKind;
  readonly schema: S;
  readonly now?: () => number;
  /** What else changes in the same transaction. */
  readonly alongside?: (change: Change<z.output<S>>) => Writes | Promise<Writes>;
  /** What it means that the condition of something which changes alongside fails. @default that others write too */
  readonly refusal?: (failed: Writes[number]) => RequestError;
}

/** DynamoDB's ceiling is 400 KB an item, keys and names included. */
const MAX_BYTES = 390_000;
/** Definitions of people all raise one version, so that whoever changes several at once races with himself. */
const ATTEMPTS = 10;
const LONGEST_PAUSE_MS = 50;

/** Definitions of one kind over table `catalog`. */
export function dynamoDefinitions<S extends z.ZodType<{ readonly id: string }>>(
  options: DefinitionsOptions<S>,
): DefinitionRepository<z.output<S>> {
  const { client, tableName, kind, schema, now = Date.now, alongside = () => [], refusal } = options;

  const get = async (key: { readonly kind: string; readonly id: string }): Promise<Item | undefined> => {
    const read = await client.send(new GetCommand({ TableName: tableName, Key: key, ConsistentRead: true }));
    return read.Item === undefined ? undefined : Item.parse(read.Item);
  };

  const stored = ({ definition, version, updatedAt }: Item): Stored<z.output<S>> | undefined =>
    definition === undefined
      ? undefined
      : { definition: schema.parse(JSON.parse(definition)), version, updatedAt };

  /** Writes the next version over the one that was read, both as the current and among the former ones. */
  async function write(id: string, after: z.output<S> | undefined): Promise<Item | undefined> {
    const definition = after === undefined ? undefined : encode(after);
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const before = await get({ kind, id });
      if (after === undefined && before?.definition === undefined) return undefined;
      const item: Item = {
        id,
        version: (before?.version ?? 0) + 1,
        updatedAt: now(),
        ...(definition !== undefined && { definition }),
      };
      const extra = await alongside({ id, before: before && stored(before)?.definition, after });
      try {
        await client.send(new TransactWriteCommand({ TransactItems: [...writes(item, before), ...extra] }));
        return item;
      } catch (fault) {
        refuseUnlessRace(fault, refusal && { refusal, extra });
        await pause(Math.random() * LONGEST_PAUSE_MS);
      }
    }
    throw new RequestError({
      status: 409,
      code: 'CHANGED_MEANWHILE',
      message: 'others keep changing this definition; read it again',
    });
  }

  const writes = (item: Item, before: Item | undefined): Writes => [
    {
      Put: {
        TableName: tableName,
        Item: { kind, ...item },
        ...(before === undefined
          ? { ConditionExpression: 'attribute_not_exists(id)' }
          : {
              ConditionExpression: 'version = :before',
              ExpressionAttributeValues: { ':before': before.version },
            }),
      },
    },
    {
      Put: {
        TableName: tableName,
        Item: { ...item, ...versionKey({ kind, id: item.id, version: item.version }) },
      },
    },
  ];

  return {
    async find(id) {
      const item = await get({ kind, id });
      return item && stored(item);
    },

    async list() {
      const found: Stored<z.output<S>>[] = [];
      const pages = paginateQuery(
        { client },
        {
          TableName: tableName,
          KeyConditionExpression: 'kind = :kind',
          ExpressionAttributeValues: { ':kind': kind },
          ConsistentRead: true,
        },
      );
      for await (const { Items = [] } of pages) {
        found.push(...Items.flatMap((item) => stored(Item.parse(item)) ?? []));
      }
      return found;
    },

    async put(definition) {
      const item = await write(definition.id, definition);
      const put = item && stored(item);
      if (put === undefined) throw new TypeError('a definition that was written is not there');
      return put;
    },

    async remove(id) {
      return (await write(id, undefined)) !== undefined;
    },

    async findVersion(id, version) {
      const item = await get(versionKey({ kind, id, version }));
      return item && stored(item);
    },
  };
}

/** Former versions stand apart, so that listing what is does not read what was. */
const versionKey = (of: { readonly kind: string; readonly id: string; readonly version: number }) => ({
  kind: `${of.kind}#versions`,
  id: `${of.id}#v${String(of.version).padStart(6, '0')}`,
});

function encode(definition: unknown): string {
  const text = JSON.stringify(definition);
  if (Buffer.byteLength(text) <= MAX_BYTES) return text;
  throw new RequestError({
    status: 413,
    code: 'DEFINITION_TOO_LARGE',
    message: `a definition takes at most ${MAX_BYTES} bytes`,
  });
}

/**
 * Lets a write that lost a race be tried again. What is written alongside stands last: where that claims
 * something, a condition that fails there is no race but a claim of another's.
 */
function refuseUnlessRace(
  fault: unknown,
  claims: { readonly refusal: (failed: Writes[number]) => RequestError; readonly extra: Writes } | undefined,
): void {
  if (!(fault instanceof TransactionCanceledException)) throw fault;
  const codes = (fault.CancellationReasons ?? []).map(({ Code = 'None' }) => Code);
  const failed = claims?.extra.find(
    (_, at) => codes.at(at - claims.extra.length) === 'ConditionalCheckFailed',
  );
  if (claims !== undefined && failed !== undefined) throw claims.refusal(failed);
  if (!codes.every((code) => RACES.has(code))) {
    throw new UnavailableError('the catalog cannot be written at the moment', { cause: fault });
  }
}

const RACES = new Set(['None', 'ConditionalCheckFailed', 'TransactionConflict']);
