import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { AdminEnv } from '#functions/admin/env.ts';
import { CollectEnv } from '#functions/collect/env.ts';
import { DueEnv } from '#functions/due/env.ts';
import { EvaluationEnv } from '#functions/evaluation/env.ts';
import { ExportsEnv } from '#functions/exports/env.ts';
import { FeedbackEnv } from '#functions/feedback/env.ts';
import { ImportsEnv } from '#functions/imports/env.ts';
import { ProfilesEnv } from '#functions/profiles/env.ts';
import { SegmentsEnv } from '#functions/segments/env.ts';
import { SendingEnv } from '#functions/sending/env.ts';
import { UnsubscribeEnv } from '#functions/sending/unsubscribe-env.ts';
import { HANDLERS, type Handler } from '#infra/bundle.ts';
import { ofType, synthesize } from './stack-template.ts';

const ENVIRONMENTS: Readonly<Record<Handler, z.ZodObject>> = {
  'functions/collect/collect-events.ts': CollectEnv,
  'functions/profiles/apply-events.ts': ProfilesEnv,
  'functions/segments/keep-audiences.ts': SegmentsEnv,
  'functions/due/sweep-deadlines.ts': DueEnv,
  'functions/evaluation/evaluate-everyone.ts': EvaluationEnv,
  'functions/imports/plan-import.ts': ImportsEnv,
  'functions/imports/import-part.ts': ImportsEnv,
  'functions/imports/finish-import.ts': ImportsEnv,
  'functions/exports/plan-export.ts': ExportsEnv,
  'functions/exports/write-part.ts': ExportsEnv,
  'functions/exports/finish-export.ts': ExportsEnv,
  'functions/sending/plan-campaign.ts': SendingEnv,
  'functions/sending/send-chunk.ts': SendingEnv,
  'functions/sending/finish-campaign.ts': SendingEnv,
  'functions/sending/unsubscribe.ts': UnsubscribeEnv,
  'functions/feedback/record-feedback.ts': FeedbackEnv,
  'functions/admin/admin-api.ts': AdminEnv,
};

const Properties = z.object({
  Description: z.string(),
  Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }),
});

describe('functions', () => {
  const template = synthesize();
  const functions = ofType(template, 'AWS::Lambda::Function').map(([, resource]) =>
    Properties.parse(resource.Properties),
  );

  it('are one for each handler', () => {
    expect(functions.map(({ Description }) => Description).toSorted()).toEqual(HANDLERS.toSorted());
  });

  it('all run on Node 24, on arm64, with a log group of their own', () => {
    template.allResourcesProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
    });
    for (const [, { Properties: properties }] of ofType(template, 'AWS::Lambda::Function')) {
      expect(properties.LoggingConfig).toEqual({ LogGroup: { Ref: expect.any(String) } });
    }
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
  });

  it.each(HANDLERS)('%s is given what its env.ts asks for, and nothing more', (handler) => {
    const variables =
      functions.find(({ Description }) => Description === handler)?.Environment.Variables ?? {};

    // a reference to another resource stands for whatever text it becomes
    const texts = Object.entries(variables).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : 'https://reference.example',
    ]);
    const parsed = z.strictObject(ENVIRONMENTS[handler].shape).safeParse(Object.fromEntries(texts));

    expect(parsed.error?.issues ?? []).toEqual([]);
  });

  it('are fed by mappings that halve, report by record, give up in time and keep what they gave up', () => {
    template.resourceCountIs('AWS::Lambda::EventSourceMapping', 2);
    template.allResourcesProperties('AWS::Lambda::EventSourceMapping', {
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      MaximumBatchingWindowInSeconds: 1,
      MaximumRecordAgeInSeconds: 43_200,
      StartingPosition: 'TRIM_HORIZON',
      DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['EventsFailedBEE96234', 'Arn'] } } },
    });
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      BatchSize: 500,
      ParallelizationFactor: 4,
      EventSourceArn: { 'Fn::GetAtt': ['EventsStreamA348795C', 'Arn'] },
      // for as long as the record's age allows: the function gives up by itself before that
      MaximumRetryAttempts: Match.absent(),
    });
    const giveUpHours = functions.find(
      ({ Description }) => Description === 'functions/profiles/apply-events.ts',
    )?.Environment.Variables.GIVE_UP_HOURS;
    expect(Number(giveUpHours)).toBeGreaterThanOrEqual(1);
    // an attempt may last a minute and the next wait for as long, so that an hour is several of them
    expect(Number(giveUpHours) * 3_600).toBeLessThanOrEqual(43_200 - 3_600);
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      BatchSize: 100,
      MaximumRetryAttempts: 1_000,
      FilterCriteria: {
        Filters: [{ Pattern: '{"dynamodb":{"NewImage":{"out":{"M":{"n":{"N":[{"exists":true}]}}}}}}' }],
      },
    });
  });
});
