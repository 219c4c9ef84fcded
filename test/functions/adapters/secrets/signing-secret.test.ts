import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { signingSecret } from '#functions/adapters/secrets/signing-secret.ts';

const set = () => {
  const client = new SecretsManagerClient({ region: 'eu-west-1' });
  return { mock: mockClient(client), secret: signingSecret(client, 'arn') };
};

describe('signingSecret', () => {
  it('is read once', async () => {
    const { mock, secret } = set();
    mock.on(GetSecretValueCommand, { SecretId: 'arn' }).resolves({ SecretString: 'k'.repeat(64) });

    const [first, second] = await Promise.all([secret(), secret()]);

    expect(first).toHaveLength(64);
    expect(second).toBe(first);
    expect(mock.commandCalls(GetSecretValueCommand)).toHaveLength(1);
  });

  it('is read again after a failure', async () => {
    const { mock, secret } = set();
    mock
      .on(GetSecretValueCommand)
      .rejectsOnce(new Error('down'))
      .resolves({ SecretString: 'k'.repeat(64) });

    await expect(secret()).rejects.toThrow('down');
    await expect(secret()).resolves.toHaveLength(64);
  });

  it('is refused when it is too short to sign with', async () => {
    const { mock, secret } = set();
    mock.on(GetSecretValueCommand).resolves({ SecretString: 'short' });

    await expect(secret()).rejects.toThrow(/less than 32 bytes/);
  });
});
