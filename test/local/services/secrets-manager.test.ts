import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openSecretsManager, type SecretsManager } from '#local/services/secrets-manager.ts';
import { startTestGate, type TestGate } from '#test/support/gate.ts';

const SIGNING = {
  arn: 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:signing-AbCdEf',
  name: 'signing',
};

let dir: string;
let secrets: SecretsManager;
let gate: TestGate;
let client: SecretsManagerClient;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'secrets-'));
  secrets = openSecretsManager({ dir });
  secrets.createSecret({ ...SIGNING, length: 48, excludePunctuation: true });
  gate = await startTestGate({ services: { secretsmanager: (call) => secrets.service(call) } });
  client = new SecretsManagerClient(gate.asOperator());
});
afterEach(async () => {
  client.destroy();
  await gate.close();
  secrets.close();
  rmSync(dir, { recursive: true });
});

const read = (SecretId: string) => client.send(new GetSecretValueCommand({ SecretId }));

it('generates a secret as it is asked to', async () => {
  const { SecretString, ARN, Name, VersionStages } = await read(SIGNING.arn);

  expect(SecretString).toMatch(/^[A-Za-z0-9]{48}$/);
  expect({ ARN, Name, VersionStages }).toEqual({
    ARN: SIGNING.arn,
    Name: SIGNING.name,
    VersionStages: ['AWSCURRENT'],
  });
});

it('finds it by name too, and tells of it without its value', async () => {
  const described = await client.send(new DescribeSecretCommand({ SecretId: SIGNING.name }));

  expect((await read(SIGNING.name)).ARN).toBe(SIGNING.arn);
  expect(described).toMatchObject({ ARN: SIGNING.arn, Name: SIGNING.name });
  expect(described).not.toHaveProperty('SecretString');
});

it('never makes it again', async () => {
  const before = await read(SIGNING.arn);

  secrets.close();
  secrets = openSecretsManager({ dir });
  secrets.createSecret(SIGNING);

  expect(await read(SIGNING.arn)).toMatchObject({
    SecretString: before.SecretString,
    VersionId: before.VersionId,
  });
});

it('has no other', async () => {
  await expect(read('other')).rejects.toThrow(ResourceNotFoundException);
});
