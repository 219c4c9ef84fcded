import { readFileSync } from 'node:fs';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as z from 'zod';
import { CdpError } from '#shared/kernel/errors.ts';
import { Source } from '#shared/sources/source.ts';

/** A stage's settings cannot be used as they stand. */
export class ConfigError extends CdpError {
  override readonly name = 'ConfigError';
  readonly code = 'CONFIG_INVALID';
  readonly retryable = false;
}

const TimeZone = z.string().refine(isTimeZone, 'must be an IANA time zone such as "Europe/Paris"');

/** Provisioned costs a fixed sum a shard; on demand costs more while idle and scales by itself. */
const Stream = z.discriminatedUnion('mode', [
  z.strictObject({ mode: z.literal('provisioned'), shards: z.int().min(1).max(200) }),
  z.strictObject({ mode: z.literal('on-demand') }),
]);

/** Whose name stands in From: any address of a domain, or one single address. */
const Email = z.union(
  [
    z.strictObject({ domain: z.string().regex(/^(?=.{4,253}$)([a-z0-9-]{1,63}\.)+[a-z]{2,63}$/) }),
    z.strictObject({ address: z.email() }),
  ],
  'must be {"domain": "mail.example.com"} or {"address": "crm@example.com"}',
);

// CloudWatch Logs takes these periods only; its own "for ever" (9999) is left out on purpose
const logPeriods = Object.values(RetentionDays).filter((days) => typeof days === 'number' && days < 9999);
const LogRetentionDays = z
  .int()
  .refine((days) => logPeriods.includes(days), `must be one of ${logPeriods.join(', ')}`);

/** Everything in which one stage may differ from another. What is left out takes the default. */
export const StageConfig = z.strictObject({
  /** Where all data lives. A legal question, hence without a default. */
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be an AWS region such as "eu-west-1"'),
  /** The company that answers for the data of sources which name no other. */
  legalEntity: Source.shape.legalEntity,
  market: Source.shape.market.default('default'),
  brand: Source.shape.brand.default('default'),
  /** Where a day begins, for windows and schedules. */
  timezone: TimeZone.default('UTC'),
  stream: Stream.default({ mode: 'provisioned', shards: 1 }),
  /** Whose events are kept one by one. */
  timeline: z.enum(['none', 'known', 'all']).default('known'),
  timelineDays: z.int().min(1).max(3650).default(365),
  /** How long a repeated event is recognised as one. */
  dedupDays: z.int().min(1).max(365).default(30),
  email: Email,
  /** Who is told of alarms; nobody when left out. */
  alarmEmail: z.email().optional(),
  logRetentionDays: LogRetentionDays.default(30),
  /** What the gateway passes on before it answers 429 itself; without it, twice what the stream takes. */
  throttling: z
    .strictObject({ requestsPerSecond: z.int().min(1).max(10_000), burst: z.int().min(1).max(5_000) })
    .optional(),
});
export type StageConfig = z.infer<typeof StageConfig>;

const Stage = z.string().regex(/^[a-z][a-z0-9-]{0,30}$/);

/**
 * Reads the settings of a stage from `config/<stage>.json`.
 *
 * @throws {ConfigError} naming the file, where in it the fault stands and what is allowed there.
 */
export function readConfig({
  stage,
  dir = `${import.meta.dirname}/../config`,
}: {
  readonly stage: string;
  readonly dir?: string;
}): StageConfig {
  if (!Stage.safeParse(stage).success) {
    throw new ConfigError(
      `stage "${stage}" must be lower-case letters, digits and hyphens, beginning with a letter`,
    );
  }
  const file = `config/${stage}.json`;
  return parseConfig(readJson(`${dir}/${stage}.json`, file), file);
}

/** As {@link readConfig}, from what the file holds. */
export function parseConfig(raw: unknown, file: string): StageConfig {
  const config = StageConfig.safeParse(raw);
  if (config.success) return config.data;
  const faults = config.error.issues.map(
    (issue) => `  ${issue.path.join('.') || '(top level)'}: ${issue.message}`,
  );
  throw new ConfigError(`${file} cannot be used:\n${faults.join('\n')}`);
}

function readJson(path: string, file: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    const hint =
      cause instanceof SyntaxError
        ? `is not JSON: ${cause.message}`
        : 'cannot be read: begin with a copy of config/example.json, or choose another stage with -c stage=NAME';
    throw new ConfigError(`${file} ${hint}`, { cause });
  }
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone.length > 0;
  } catch {
    return false;
  }
}
