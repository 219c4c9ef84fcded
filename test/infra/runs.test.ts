import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ofType, type Resource, stageConfig, synthesize } from './stack-template.ts';

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

/** Lambda's own failures, and what tasks throw to be tried again. */
const PASSING =
  /^(Lambda\..+|Sandbox\.Timedout|(SendingHeldUp|Throttled|PartUnfinished|StretchEnded|PersonContention|Unavailable)Error)$/;

const Retrier = z.object({
  ErrorEquals: z.array(z.string()),
  IntervalSeconds: z.number(),
  BackoffRate: z.number(),
  MaxAttempts: z.number(),
});
const Step = z.object({ Type: z.string(), Retry: z.array(Retrier).optional() });
const Work = z.object({
  ProcessorConfig: z.object({ ExecutionType: z.enum(['EXPRESS', 'STANDARD']) }),
  States: z.record(z.string(), Step),
});
const Steps = z.object({
  States: z.record(z.string(), Step.extend({ ItemProcessor: Work.optional() })),
});

/** Every step that calls a function, and whether it has to be done within an Express execution. */
function stepsOf(machine: Resource) {
  const tasksOf = (states: Readonly<Record<string, z.infer<typeof Step>>>, isExpress: boolean) =>
    Object.values(states).flatMap(({ Type, Retry = [] }) => (Type === 'Task' ? [{ Retry, isExpress }] : []));
  const { States } = Steps.parse(definitionOf(machine));
  const inMaps = Object.values(States).flatMap(({ ItemProcessor }) =>
    ItemProcessor === undefined
      ? []
      : tasksOf(ItemProcessor.States, ItemProcessor.ProcessorConfig.ExecutionType === 'EXPRESS'),
  );
  return [...tasksOf(States, false), ...inMaps];
}

const wait = (retrier: z.infer<typeof Retrier> | undefined, attempt: number): number =>
  (retrier?.IntervalSeconds ?? 0) * (retrier?.BackoffRate ?? 1) ** attempt;

describe('state machines', () => {
  const machines = ofType(synthesize(), 'AWS::StepFunctions::StateMachine');

  it.each(machines)('%s is a valid definition', (_id, machine) => {
    expect(validate(definitionOf(machine))).toMatchObject({ isValid: true });
  });

  it.each([
    ['exportId', 'ExportsMachine2B1225F8', 20, 'EXPRESS', undefined],
    // sending may have to wait for hours, and an Express child lives for five minutes
    ['campaignId', 'SendingMachine76C2F2E4', 2, 'STANDARD', undefined],
    // a part keeps to its pace for some minutes, and waits where the stream is full
    ['importId', 'ImportsMachine', 2, 'STANDARD', { 'input.$': '$' }],
  ])('of %s plan, work every chunk and finish', (idField, id, maxConcurrency, ExecutionType, planGets) => {
    const machine = machines.find(([name]) => name.startsWith(id))?.[1];
    if (machine === undefined) throw new Error(`the stack has no ${id}`);

    expect(definitionOf(machine)).toMatchObject({
      StartAt: idField === 'importId' ? 'IsForARun' : 'Plan',
      States: {
        Plan: {
          Parameters: {
            Payload: {
              ...(planGets ?? { [`${idField}.$`]: `$.${idField}` }),
              'runId.$': '$$.Execution.Name',
            },
          },
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
        Finish: {
          Parameters: {
            Payload: {
              [`${idField}.$`]: `$.${idField}`,
              'runId.$': '$.runId',
              'parts.$': '$.chunks',
              'version.$': '$.version',
            },
          },
          End: true,
        },
      },
    });
  });

  it('of imports pass over folders, and tell the last step of parts that failed for good', () => {
    const machine = machines.find(([name]) => name.startsWith('ImportsMachine'))?.[1];
    if (machine === undefined) throw new Error('the stack has no machine of imports');

    expect(definitionOf(machine)).toMatchObject({
      States: {
        IsForARun: {
          Choices: [{ Variable: '$.detail.object.key', StringMatches: '*/', Next: 'PassedOver' }],
          Default: 'Plan',
        },
        PassedOver: { Type: 'Succeed' },
        Chunks: {
          ItemProcessor: {
            States: {
              Work: { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Failed' }] },
              Failed: { Type: 'Pass', Parameters: { 'failed.$': '$.Error' }, End: true },
            },
          },
        },
      },
    });
  });

  it('over everybody wait, then evaluate every part, then compare every shard', () => {
    const machine = machines.find(([name]) => name.startsWith('EvaluationMachine'))?.[1];
    if (machine === undefined) throw new Error('the stack has no machine that evaluates everybody');
    const map = (path: string, next: string) => ({
      ItemsPath: path,
      MaxConcurrency: 12,
      ResultPath: null,
      ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } },
      Next: next,
    });

    expect(definitionOf(machine)).toMatchObject({
      StartAt: 'Plan',
      States: {
        Plan: {
          Parameters: { Payload: { step: 'plan', 'runId.$': '$$.Execution.Name' } },
          Next: 'UntilOldDefinitionsAreGone',
        },
        UntilOldDefinitionsAreGone: { SecondsPath: '$.waitSeconds', Next: 'Parts' },
        Parts: map('$.parts', 'Shards'),
        Shards: map('$.shards', 'Finish'),
        Finish: {
          Parameters: { Payload: { step: 'finish', 'runId.$': '$$.Execution.Name' } },
          End: true,
        },
      },
    });
  });

  it('over everybody begin each day, in the time zone of the stage', () => {
    const template = synthesize({ config: stageConfig({ timezone: 'Europe/Paris' }) });
    const daily = ofType(template, 'AWS::Scheduler::Schedule').map(([, { Properties }]) => Properties);

    expect(daily).toContainEqual(
      expect.objectContaining({
        ScheduleExpression: 'cron(0 3 * * ? *)',
        ScheduleExpressionTimezone: 'Europe/Paris',
        Target: expect.objectContaining({
          Arn: { Ref: expect.stringMatching(/^EvaluationMachine/) },
          Input: '{"scopeId":"everybody"}',
        }),
      }),
    );
  });

  it.each(machines)('%s tries every step again when something behind it was not there', (_id, machine) => {
    const steps = stepsOf(machine);

    expect(steps.length).toBeGreaterThanOrEqual(3);
    for (const { Retry, isExpress } of steps) {
      const first = Retry.find(({ ErrorEquals }) => ErrorEquals.includes('UnavailableError'));
      const waits = Array.from({ length: first?.MaxAttempts ?? 0 }, (_, n) => wait(first, n));
      const total = waits.reduce((sum, seconds) => sum + seconds, 0);
      expect(total).toBeGreaterThan(60);
      // what waits in an Express child has to leave it time for the work, five minutes in all
      if (isExpress) expect(total).toBeLessThan(150);
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
    expect(reaching('/runs/imports/*')).toEqual([
      'AdminAdminApi',
      'ImportsFinishImport',
      'ImportsImportPart',
      'ImportsPlanImport',
    ]);
    expect(reaching('/runs/campaigns/*')).toEqual([
      'AdminAdminApi',
      'SendingFinishCampaign',
      'SendingPlanCampaign',
      'SendingSendChunk',
    ]);
    expect(reaching('/runs/evaluations/*')).toEqual(['EvaluationEvaluateEveryone']);
    expect(reaching('/runs/*')).toEqual([]);
  });

  it('try again only what passes, and log no data', () => {
    for (const [, machine] of machines) {
      const retriers = stepsOf(machine).flatMap(({ Retry }) => Retry);
      for (const name of retriers.flatMap(({ ErrorEquals }) => ErrorEquals)) expect(name).toMatch(PASSING);
      expect(machine.Properties.LoggingConfiguration).toMatchObject({ IncludeExecutionData: false });
    }
  });
});
