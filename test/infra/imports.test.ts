import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { StageConfig } from '#infra/config.ts';
import { matchesPattern } from '#local/event-pattern.ts';
import { ofType, stageConfig, synthesize } from './stack-template.ts';

const Functions = z.object({
  Description: z.string(),
  Timeout: z.number(),
  Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }),
});
const Rule = z.object({
  EventPattern: z.object({ detail: z.object({ object: z.unknown(), bucket: z.unknown() }) }),
  Targets: z.array(z.unknown()),
});

const template = synthesize();
const properties = (type: string, id: string) => {
  const found = ofType(template, type).find(([name]) => name.startsWith(id));
  if (found === undefined) throw new Error(`the stack has no ${id}`);
  return found[1].Properties;
};

describe('the bucket of imports', () => {
  const bucket = properties('AWS::S3::Bucket', 'ImportsBucket');

  it('tells EventBridge of new files, without a function that deploying runs', () => {
    expect(bucket.NotificationConfiguration).toEqual({
      EventBridgeConfiguration: { EventBridgeEnabled: true },
    });
    expect(ofType(template, 'Custom::S3BucketNotifications')).toEqual([]);
  });

  it('lets a page of any origin use a URL that was signed for it', () => {
    expect(bucket.CorsConfiguration).toEqual({
      CorsRules: [
        {
          AllowedOrigins: ['*'],
          AllowedMethods: ['PUT', 'GET'],
          AllowedHeaders: ['content-type'],
          ExposedHeaders: ['ETag'],
          MaxAge: 3600,
        },
      ],
    });
  });

  it('keeps files, and what runs keep of them, for a month', () => {
    const { Rules } = z
      .object({
        Rules: z.array(z.object({ Prefix: z.string().optional(), ExpirationInDays: z.number().optional() })),
      })
      .parse(bucket.LifecycleConfiguration);

    expect(Rules.filter(({ Prefix }) => Prefix !== undefined)).toEqual([
      { Prefix: 'imports/', ExpirationInDays: 30 },
      { Prefix: 'dry-runs/', ExpirationInDays: 30 },
      { Prefix: 'runs/', ExpirationInDays: 30 },
    ]);
  });
});

describe('a file', () => {
  const rule = Rule.parse(properties('AWS::Events::Rule', 'ImportsDropped'));

  it.each([
    ['imports/contacts/a.csv', true],
    ['dry-runs/contacts/a.csv', true],
    ['runs/imports/contacts/r1/rows.csv', false],
    ['a.csv', false],
  ])('under %s starts a run: %j', (key, starts) => {
    expect(matchesPattern(rule.EventPattern.detail.object, { key })).toBe(starts);
  });

  it('starts its run as a role that may start this machine and do nothing else', () => {
    const machine = { Ref: expect.stringMatching(/^ImportsMachine/) };
    expect(rule.Targets).toEqual([
      {
        Arn: machine,
        Id: 'Target0',
        RoleArn: { 'Fn::GetAtt': [expect.stringMatching(/^ImportsMachineEventsRole/), 'Arn'] },
      },
    ]);
    expect(properties('AWS::IAM::Policy', 'ImportsMachineEventsRole').PolicyDocument).toMatchObject({
      Statement: [{ Action: 'states:StartExecution', Effect: 'Allow', Resource: machine }],
    });
  });
});

describe('the parts of a run', () => {
  const Steps = z.string().transform((text) => Number(/"MaxConcurrency":(\d+)/.exec(text)?.[1]));

  it.each<[string, StageConfig['stream'], number]>([
    ['one shard', { mode: 'provisioned', shards: 1 }, 500],
    ['ten shards', { mode: 'provisioned', shards: 10 }, 5_000],
    ['two hundred shards', { mode: 'provisioned', shards: 200 }, 100_000],
    ['what a stream on demand begins with', { mode: 'on-demand' }, 2_000],
  ])('together take half of %s', (_, stream, half) => {
    const stage = synthesize({ config: stageConfig({ stream }) });
    const machine = ofType(stage, 'AWS::StepFunctions::StateMachine').find(([id]) =>
      id.startsWith('ImportsMachine'),
    );
    const atOnce = Steps.parse(JSON.stringify(machine?.[1].Properties.DefinitionString).replaceAll('\\', ''));
    const part = ofType(stage, 'AWS::Lambda::Function')
      .map(([, { Properties }]) => Functions.parse(Properties))
      .find(({ Description }) => Description === 'functions/imports/import-part.ts');

    expect(Number(part?.Environment.Variables.ROWS_A_SECOND) * atOnce).toBe(half);
    expect(atOnce).toBeLessThanOrEqual(40);
  });
});
