import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type LocalStack, startStack } from '#local/stack.ts';

const assembly = join(import.meta.dirname, '../fixtures/local-stack');
const ports = { collect: 0, admin: 0, mail: 0, aws: 0 };
let dir: string;
let stack: LocalStack | undefined;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'stack-'));
});
afterEach(async () => {
  await stack?.close();
  stack = undefined;
  rmSync(dir, { recursive: true });
});

async function start(): Promise<LocalStack> {
  stack = await startStack({ assembly, dir, ports });
  return stack;
}

const logOf = (logicalId: string) => readFileSync(join(dir, 'logs', `${logicalId}.log`), 'utf8');

describe('a stack', () => {
  it('answers HTTP by functions that keep their state in tables', async () => {
    const { urls } = await start();

    const put = await fetch(`${urls.collect}/items/1`, { method: 'PUT', body: 'one' });
    const got = await fetch(`${urls.collect}/items/1`);

    expect(put.status).toBe(201);
    expect(await got.text()).toBe('one');
  });

  it('denies a function what its role does not allow, naming function, action and resource', async () => {
    const { urls } = await start();

    const denied = await fetch(`${urls.collect}/others/1`, { method: 'PUT', body: 'one' });

    expect(denied.status).toBe(500);
    await vi.waitFor(
      () =>
        expect(logOf('Items')).toMatch(/AccessDenied.*\bItems\b.*dynamodb:PutItem.*table\/Items-OtherTable/),
      20_000,
    );
  });

  it('feeds functions from streams', async () => {
    const { urls } = await start();

    await fetch(`${urls.collect}/events/2`, { method: 'POST', body: 'by stream' });

    await vi.waitFor(
      async () => expect(await (await fetch(`${urls.collect}/items/2`)).text()).toBe('by stream'),
      { timeout: 20_000, interval: 100 },
    );
  });

  it('lets in who brings the token of the local issuer, as a user of the pool', async () => {
    const { urls, adminToken } = await start();

    const stranger = await fetch(`${urls.admin}/whoami`);
    const admin = await fetch(`${urls.admin}/whoami`, { headers: { authorization: `Bearer ${adminToken}` } });

    expect(stranger.status).toBe(401);
    expect(await admin.json()).toMatchObject({ 'cognito:groups': '[admin]', token_use: 'id' });
    expect(readFileSync(join(dir, 'admin-token'), 'utf8').trim()).toBe(adminToken);
  });

  it('answers the operator on the gate, and gives the addresses of its APIs as outputs', async () => {
    const { urls, outputs, credentials, region } = await start();
    await fetch(`${urls.collect}/items/1`, { method: 'PUT', body: 'one' });

    const client = new DynamoDBClient({ endpoint: urls.aws, region, credentials });
    const { Item } = await client.send(
      new GetItemCommand({ TableName: outputs.ItemsTable, Key: { id: { S: '1' } } }),
    );
    client.destroy();

    expect(Item).toEqual({ id: { S: '1' }, text: { S: 'one' } });
    expect(outputs).toMatchObject({ CollectUrl: urls.collect, AdminUrl: urls.admin });
    expect(region).toBe('eu-west-3');
  });

  it('goes on after a restart with the same data, token and names', async () => {
    const before = await start();
    await fetch(`${before.urls.collect}/items/1`, { method: 'PUT', body: 'one' });
    await before.close();

    const after = await start();

    expect(await (await fetch(`${after.urls.collect}/items/1`)).text()).toBe('one');
    expect(after.adminToken).toBe(before.adminToken);
    expect(after.outputs.ItemsTable).toBe(before.outputs.ItemsTable);
  });
});

describe('a start', () => {
  it('over state that another stack uses is refused', async () => {
    await start();

    await expect(startStack({ assembly, dir, ports })).rejects.toThrow(/is in use: another local stack/);
  });

  it.each([
    ['collect', 'COLLECT_PORT'],
    ['admin', 'ADMIN_PORT'],
    ['mail', 'MAIL_PORT'],
    ['aws', 'AWS_PORT'],
  ])(
    'on a port for %s that is taken names port and variable, and leaves nothing open',
    async (name, variable) => {
      const squatter = createServer().listen(0, '127.0.0.1');
      await once(squatter, 'listening');
      const address = squatter.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;

      await expect(startStack({ assembly, dir, ports: { ...ports, [name]: port } })).rejects.toThrow(
        `port ${port} is taken: end what listens there, or choose another with ${variable}=<port>`,
      );

      await new Promise((resolve) => squatter.close(resolve));
      expect(await start()).toBeDefined();
    },
  );
});
