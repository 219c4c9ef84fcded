import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openDynamoDb } from '#local/services/dynamodb.ts';
import { findDynoxide, startDynoxide } from '#local/services/dynamodb-process.ts';
import { item, PEOPLE, startEngine, streamOf, type TestEngine } from '#test/support/local-dynamodb.ts';
import { enginesOver } from '#test/support/processes.ts';

let dir: string;
let test: TestEngine;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'dynamodb-'));
  test = await startEngine(dir);
});
afterAll(async () => {
  await test.close();
  rmSync(dir, { recursive: true });
});

/** In the place of the engine, which it is handed as `$engine` with the arguments that the engine would get. */
function engineThat(does: string): string {
  const file = join(dir, 'engine.sh');
  writeFileSync(file, `#!/bin/sh\nengine='${findDynoxide()}'\n${does}\n`);
  chmodSync(file, 0o755);
  return file;
}

describe('a start', () => {
  it('takes another port where its own was taken meanwhile', async () => {
    const mark = join(dir, 'mark');
    const engine = engineThat(
      `[ -e ${mark} ] && exec "$engine" "$@"
       touch ${mark}; echo "error: port $4 is already in use" >&2; exit 1`,
    );

    const server = await startDynoxide(engine);

    expect((await fetch(server.endpoint)).ok).toBe(true);
    await server.close();
  });

  it.each([
    ['says why', 'echo "no room" >&2; exit 1', 'no room'],
    ['says nothing', 'exit 0', 'it said nothing'],
    ['finds every port taken', 'echo "already in use" >&2; exit 1', 'already in use'],
  ])('fails with an engine that %s', async (_, does, message) => {
    await expect(startDynoxide(engineThat(does))).rejects.toThrow(`did not start: ${message}`);
  });
});

describe('a restart', () => {
  it('keeps tables, items and the numbering of the stream', async () => {
    await test.client.send(new PutItemCommand({ TableName: 'people', Item: item('r1') }));
    const before = await streamOf(test, 'people');

    await test.close();
    test = await startEngine(dir);

    expect(await test.get('r1')).toEqual(item('r1'));
    await test.client.send(new PutItemCommand({ TableName: 'people', Item: item('r2') }));
    expect(
      (await streamOf(test, 'people'))
        .map((record) => record.dynamodb.SequenceNumber)
        .slice(0, before.length),
    ).toEqual(before.map((record) => record.dynamodb.SequenceNumber));
  });

  it('comes by itself when the engine is killed, with what was answered in its place', async () => {
    await test.client.send(new PutItemCommand({ TableName: 'people', Item: item('k1') }));

    for (const pid of enginesOver(dir)) process.kill(pid, 'SIGKILL');

    await vi.waitFor(async () => expect(await test.get('k1')).toEqual(item('k1')), 20_000);
    expect(enginesOver(dir)).toHaveLength(1);
  });

  it('leaves no engine behind when its parent is killed, and what was answered is there', async () => {
    const other = mkdtempSync(join(tmpdir(), 'dynamodb-kill-'));
    const script = `
      import { openDynamoDb } from '#local/services/dynamodb.ts';
import { findDynoxide, startDynoxide } from '#local/services/dynamodb-process.ts';
      const { createTable, endpoint } = await openDynamoDb({ dir: process.argv[1] });
      await createTable(JSON.parse(process.argv[2]));
      console.log(endpoint);
      setInterval(() => {}, 1000);`;
    const child = spawn(
      process.execPath,
      ['--no-warnings', '--input-type=module-typescript', '-e', script, other, JSON.stringify(PEOPLE)],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
    const endpoint = String(line).trim();
    const direct = new DynamoDBClient({ ...test.gate.asOperator(), endpoint });
    await direct.send(new PutItemCommand({ TableName: 'people', Item: item('x1') }));

    child.kill('SIGKILL');
    await once(child, 'exit');

    await vi.waitFor(() => expect(fetch(endpoint)).rejects.toThrow(), 20_000);
    const again = await openDynamoDb({ dir: other });
    const survivors = new DynamoDBClient({ ...test.gate.asOperator(), endpoint: again.endpoint });
    expect((await survivors.send(new ScanCommand({ TableName: 'people' }))).Items).toEqual([item('x1')]);
    direct.destroy();
    survivors.destroy();
    await again.close();
    await expect(fetch(again.endpoint)).rejects.toThrow();
    rmSync(other, { recursive: true });
  });
});
