import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ofType, type Resource, synthesize } from './stack-template.ts';

const Joined = z.object({ 'Fn::Join': z.tuple([z.string(), z.array(z.unknown())]) });

const Verdict = z.object({ isValid: z.boolean(), messagesConcatenated: z.string().nullish() });

/** The package has no types of its own. */
function validate(definition: unknown): z.infer<typeof Verdict> {
  const validator: unknown = createRequire(import.meta.url)('asl-validator');
  if (typeof validator !== 'function') throw new TypeError('asl-validator exports no function');
  return Verdict.parse(validator(definition));
}

/** The definition as Step Functions gets it, but for the functions' names. */
function definitionOf({ Properties }: Resource): unknown {
  const [separator, parts] = Joined.parse(Properties.DefinitionString)['Fn::Join'];
  const text = parts.map((part) => {
    if (typeof part === 'string') return part;
    return JSON.stringify(part).includes('Partition')
      ? 'aws'
      : 'arn:aws:lambda:eu-west-3:000000000000:function:task';
  });
  return JSON.parse(text.join(separator));
}

/** Lambda's own failures, and what the task that sends throws to be tried again. */
const PASSING =
  /^(Lambda\..+|Sandbox\.Timedout|(SendingHeldUp|PartUnfinished|PersonContention|Unavailable)Error)$/;

const Retrier = z.object({
  ErrorEquals: z.array(z.string()),
  IntervalSeconds: z.number(),
  BackoffRate: z.number(),
  MaxAttempts: z.number(),
});
const Step = z.object({ Retry: z.array(Retrier) });
const Steps = z.object({
  States: z.object({
    Plan: Step,
    Chunks: z.object({
      ItemProcessor: z.object({
        ProcessorConfig: z.object({ ExecutionType: z.enum(['EXPRESS', 'STANDARD']) }),
        States: z.object({ Work: Step }),
      }),
    }),
    Finish: Step,
  }),
});

const wait = (retrier: z.infer<typeof Retrier> | undefined, attempt: number): number =>
  (retrier?.IntervalSeconds ?? 0) * (retrier?.BackoffRate ?? 1) ** attempt;

describe('state machines', () => {
  const machines = ofType(synthesize(), 'AWS::StepFunctions::StateMachine');

  it.each(machines)('%s is a valid definition', (_id, machine) => {
    expect(validate(definitionOf(machine))).toMatchObject({ isValid: true });
  });

  it.each([
    ['exportId', 'ExportsMachine2B1225F8', 20, 'EXPRESS'],
    // sending may have to wait for hours, and an Express child lives for five minutes
    ['campaignId', 'SendingMachine76C2F2E4', 2, 'STANDARD'],
  ])('of %s plan, work every chunk and finish', (idField, id, maxConcurrency, ExecutionType) => {
    const machine = machines.find(([name]) => name === id)?.[1];
    if (machine === undefined) throw new Error(`the stack has no ${id}`);

    expect(definitionOf(machine)).toMatchObject({
      StartAt: 'Plan',
      States: {
        Plan: {
          Parameters: { Payload: { [`${idField}.$`]: `$.${idField}`, 'runId.$': '$$.Execution.Name' } },
          OutputPath: '$.Payload',
          Next: 'Chunks',
        },
        Chunks: {
          ItemsPath: '$.chunks',
          MaxConcurrency: maxConcurrency,
          ResultPath: '$.chunks',
          ItemProcessor: {
            ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType },
            States: { Work: { Parameters: { 'Payload.$': '$' }, OutputPath: '$.Payload' } },
          },
          Next: 'Finish',
        },
        Finish: { Parameters: { Payload: { 'parts.$': '$.chunks', 'version.$': '$.version' } }, End: true },
      },
    });
  });

  it.each(machines)('%s tries every step again when something behind it was not there', (_id, machine) => {
    const { Plan, Chunks, Finish } = Steps.parse(definitionOf(machine)).States;

    for (const step of [Plan, Chunks.ItemProcessor.States.Work, Finish]) {
      const first = step.Retry.find(({ ErrorEquals }) => ErrorEquals.includes('UnavailableError'));
      const waits = Array.from({ length: first?.MaxAttempts ?? 0 }, (_, n) => wait(first, n));
      const total = waits.reduce((sum, seconds) => sum + seconds, 0);
      expect(total).toBeGreaterThan(60);
      // what waits in an Express child has to leave it time for the work, five minutes in all
      if (Chunks.ItemProcessor.ProcessorConfig.ExecutionType === 'EXPRESS') expect(total).toBeLessThan(150);
    }
  });

  it('work by files of their own kind: a step of an export reaches none of a campaign', () => {
    const policies = ofType(synthesize(), 'AWS::IAM::Policy');
    const reaching = (objects: string) =>
      policies
        .filter(([, policy]) => JSON.stringify(policy).includes(objects))
        .map(([id]) => id.replace(/RoleDefaultPolicy.*$/, ''))
        .sort();

    expect(reaching('/runs/exports/*')).toEqual([
      'ExportsFinishExport',
      'ExportsPlanExport',
      'ExportsWritePart',
    ]);
    expect(reaching('/runs/campaigns/*')).toEqual([
      'AdminAdminApi',
      'SendingFinishCampaign',
      'SendingPlanCampaign',
      'SendingSendChunk',
    ]);
    expect(reaching('/runs/*')).toEqual([]);
  });

  it('try again only what passes, and log no data', () => {
    for (const [, machine] of machines) {
      const errors = JSON.stringify(definitionOf(machine)).matchAll(/"ErrorEquals":(\[[^\]]*\])/g);
      for (const [, names = '[]'] of errors) {
        for (const name of z.array(z.string()).parse(JSON.parse(names))) expect(name).toMatch(PASSING);
      }
      expect(machine.Properties.LoggingConfiguration).toMatchObject({ IncludeExecutionData: false });
    }
  });
});
