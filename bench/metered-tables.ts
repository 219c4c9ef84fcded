import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDynamoDb, TableSpec } from '#local/services/dynamodb.ts';
import type { Template } from '#test/support/assembly.ts';
import { type MeteredDynamoDb, startMeteredDynamoDb } from './metered-dynamodb.ts';

const NAMES = ['people', 'identities', 'audiences', 'catalog', 'quality'];

/** An empty metered DynamoDB with the stack's tables, as the template has them, under their short names. */
export async function startMeteredTables(template: Pick<Template, 'Resources'>): Promise<MeteredDynamoDb> {
  const dir = mkdtempSync(join(tmpdir(), 'tributary-tables-'));
  const meter = await startMeteredDynamoDb(join(dir, 'dynamodb.sqlite'));
  const engine = await withEndpoint(meter.endpoint, () => openDynamoDb({ dir }));
  for (const [id, { Type, Properties }] of Object.entries(template.Resources)) {
    if (Type !== 'AWS::DynamoDB::GlobalTable') continue;
    const name = NAMES.find((short) => id.toLowerCase().includes(short));
    if (name === undefined) throw new Error(`no short name for table ${id}`);
    await engine.createTable(TableSpec.parse({ ...Properties, TableName: name }));
  }
  await engine.close();
  return {
    ...meter,
    async close() {
      await meter.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Opens what reads the engine's address from the environment, as the local runner does. */
async function withEndpoint<T>(endpoint: string, open: () => Promise<T>): Promise<T> {
  process.env.AWS_ENDPOINT_URL_DYNAMODB = endpoint;
  try {
    return await open();
  } finally {
    delete process.env.AWS_ENDPOINT_URL_DYNAMODB;
  }
}
