import { randomInt, randomUUID } from 'node:crypto';
import * as z from 'zod';
import { type AwsCall, AwsError, type AwsService } from '#local/gate/aws-call.ts';
import { openDatabase } from './database.ts';
import { jsonService, readBody } from './json-service.ts';

const LETTERS_AND_DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

const TABLES = `CREATE TABLE IF NOT EXISTS secret (
  arn TEXT PRIMARY KEY, name TEXT UNIQUE, value TEXT, version TEXT, created REAL)`;

const Secret = z.object({
  arn: z.string(),
  name: z.string(),
  value: z.string(),
  version: z.string(),
  created: z.number(),
});

export interface SecretsManager {
  readonly service: AwsService;
  /** Generates the secret's value the first time, and never again. */
  createSecret(secret: { arn: string; name: string; length?: number; excludePunctuation?: boolean }): void;
  close(): void;
}

/** Secrets as the stack generates them: a current version, read by ARN or name. */
export function openSecretsManager(o: { readonly dir: string }): SecretsManager {
  const database = openDatabase(o.dir, 'secrets', TABLES);
  const select = database.prepare('SELECT * FROM secret WHERE arn = ?1 OR name = ?1');
  const insert = database.prepare('INSERT OR IGNORE INTO secret VALUES (?, ?, ?, ?, ?)');

  function find(call: AwsCall): z.infer<typeof Secret> {
    const { SecretId } = readBody(call, z.object({ SecretId: z.string() }), 'InvalidParameterException');
    const row = select.get(SecretId);
    if (row !== undefined) return Secret.parse(row);
    throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  }

  return {
    service: jsonService({
      GetSecretValue(call) {
        const { arn, name, value, version, created } = find(call);
        return {
          ARN: arn,
          Name: name,
          SecretString: value,
          VersionId: version,
          VersionStages: ['AWSCURRENT'],
          CreatedDate: created,
        };
      },
      DescribeSecret(call) {
        const { arn, name, version, created } = find(call);
        return {
          ARN: arn,
          Name: name,
          CreatedDate: created,
          VersionIdsToStages: { [version]: ['AWSCURRENT'] },
        };
      },
    }),
    createSecret({ arn, name, length = 32, excludePunctuation = false }) {
      const alphabet = excludePunctuation ? LETTERS_AND_DIGITS : LETTERS_AND_DIGITS + PUNCTUATION;
      const value = Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
      insert.run(arn, name, value, randomUUID(), Date.now() / 1000);
    },
    close: () => database.close(),
  };
}
