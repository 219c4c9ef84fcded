import { describe, expect, it } from 'vitest';
import { type Delivery, deliverEvent, deliverSchedule, keepFailedEvent } from '#local/deliveries.ts';
import { AwsError } from '#local/gate/aws-call.ts';
import { createAuthorize } from '#local/gate/policy.ts';
import type { InvokeResult } from '#local/lambda/invoker.ts';
import { policiesOf } from '#local/resources/iam-policy.ts';
import { permissionsOf } from '#local/resources/lambda-permission.ts';
import { RESOURCE_TYPES } from '#local/resources/resource-types.ts';
import { Template } from '#local/template/assembly.ts';
import { evaluate } from '#local/template/evaluate.ts';

const place = {
  stackName: 'S',
  region: 'eu-west-3',
  account: '000000000000',
  assets: new Map(),
  apiUrls: new Map(),
};
const FUNCTION = 'arn:aws:lambda:eu-west-3:000000000000:function:S-Listener';
const MACHINE = 'arn:aws:states:eu-west-3:000000000000:stateMachine:exports';
const ROLE = 'arn:aws:iam::000000000000:role/S-SchedulerRole';

const trust = (Service: string) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service } }],
});
const inline = (Action: string, Resource: unknown) => [
  {
    PolicyName: 'inline',
    PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource }] },
  },
];
const Resources = {
  Failed: { Type: 'AWS::S3::Bucket' },
  ListenerRole: {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: trust('lambda.amazonaws.com'),
      Policies: inline('s3:PutObject', {
        'Fn::Join': ['', [{ 'Fn::GetAtt': ['Failed', 'Arn'] }, '/*']],
      }),
    },
  },
  Listener: {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Code: { S3Bucket: 'assets', S3Key: 'listener.zip' },
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      Role: { 'Fn::GetAtt': ['ListenerRole', 'Arn'] },
    },
  },
  Rule: {
    Type: 'AWS::Events::Rule',
    Properties: {
      EventPattern: { source: ['aws.ses'] },
      Targets: [{ Arn: { 'Fn::GetAtt': ['Listener', 'Arn'] }, Id: 'Target0' }],
    },
  },
  Permission: {
    Type: 'AWS::Lambda::Permission',
    Properties: {
      Action: 'lambda:InvokeFunction',
      FunctionName: { 'Fn::GetAtt': ['Listener', 'Arn'] },
      Principal: 'events.amazonaws.com',
      SourceArn: { 'Fn::GetAtt': ['Rule', 'Arn'] },
    },
  },
  Failures: {
    Type: 'AWS::Lambda::EventInvokeConfig',
    Properties: {
      FunctionName: { Ref: 'Listener' },
      Qualifier: '$LATEST',
      DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['Failed', 'Arn'] } } },
    },
  },
  SchedulerRole: {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: trust('scheduler.amazonaws.com'),
      Policies: inline('states:StartExecution', MACHINE),
    },
  },
  RuleRole: {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: trust('events.amazonaws.com'),
      Policies: inline('states:StartExecution', MACHINE),
    },
  },
  SweeperRole: {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: trust('scheduler.amazonaws.com'),
      Policies: inline('lambda:InvokeFunction', FUNCTION),
    },
  },
};

/** A stack of the resources above less some, whose function answers as told. */
function stack({ without, answer }: { without?: string; answer?: InvokeResult } = {}) {
  const kept = Object.entries(Resources).filter(([logicalId]) => logicalId !== without);
  const template = Template.parse({ Resources: Object.fromEntries(kept) });
  const { resources } = evaluate(template, { place, types: RESOURCE_TYPES });
  const events: unknown[] = [];
  const started: unknown[] = [];
  const objects: unknown[] = [];
  const log: string[] = [];
  const delivery: Delivery = {
    resources,
    invoker: {
      async invoke(_, event) {
        events.push(event);
        return answer ?? { ok: true, payload: null };
      },
    },
    authorize: createAuthorize({
      policies: policiesOf(resources),
      nameOf: (role) => role,
      keyOf: () => undefined,
    }),
    mayInvoke: permissionsOf(resources),
    s3: {
      putObject: (bucket, key, body) => void objects.push({ bucket, key, body: JSON.parse(String(body)) }),
    },
    states: {
      startExecution(execution) {
        started.push(execution);
        return { executionArn: 'arn' };
      },
    },
    log: (line) => log.push(line),
  };
  return { delivery, events, started, objects, log };
}

describe('an event for a function', () => {
  it('is handed over', async () => {
    const { delivery, events } = stack();

    await deliverEvent({ arn: FUNCTION, event: { a: 1 } }, delivery);

    expect(events).toEqual([{ a: 1 }]);
  });

  it('fails when the function does', async () => {
    const { delivery } = stack({ answer: { ok: false, errorType: 'TypeError', errorMessage: 'oops' } });

    await expect(deliverEvent({ arn: FUNCTION, event: {} }, delivery)).rejects.toThrow('TypeError: oops');
  });

  it('is not handed over without a permission for the rule', async () => {
    const { delivery, events } = stack({ without: 'Permission' });

    await expect(deliverEvent({ arn: FUNCTION, event: {} }, delivery)).rejects.toThrow(
      `no AWS::Lambda::Permission lets events.amazonaws.com invoke ${FUNCTION}`,
    );
    expect(events).toEqual([]);
  });

  it('that failed for good is kept where the function wants it, as Lambda writes it', async () => {
    const { delivery, objects } = stack();

    await keepFailedEvent({ arn: FUNCTION, event: { a: 1 }, attempts: 3, reason: 'oops' }, delivery);

    expect(objects).toEqual([
      {
        bucket: 's-failed',
        key: expect.stringMatching(
          /^aws\/lambda\/async\/S-Listener\/\d{4}\/\d\d\/\d\d\/\d{4}-\d\d-\d\dT[\d.]+-/,
        ),
        body: expect.objectContaining({
          requestPayload: { a: 1 },
          requestContext: expect.objectContaining({
            condition: 'RetriesExhausted',
            approximateInvokeCount: 3,
          }),
        }),
      },
    ]);
  });

  it('that failed for good is told in the log where the function wants it nowhere', async () => {
    const { delivery, objects, log } = stack({ without: 'Failures' });

    await keepFailedEvent({ arn: FUNCTION, event: {}, attempts: 3, reason: 'oops' }, delivery);

    expect(objects).toEqual([]);
    expect(log).toEqual(['gave up an event for S-Listener after 3 attempts: oops']);
  });
});

describe('an event for a state machine', () => {
  const event = {
    id: '17793124-05d4-b198-2fde-7ededc63b103',
    detail: { object: { key: 'imports/a/b.csv' } },
  };
  const target = { arn: MACHINE, roleArn: 'arn:aws:iam::000000000000:role/S-RuleRole', event };

  it('starts it with the whole event, under a name that is the same at each attempt', async () => {
    const { delivery, started } = stack();

    await deliverEvent(target, delivery);
    await deliverEvent(target, delivery);

    const name = expect.stringMatching(/^17793124-05d4-b198-2fde-7ededc63b103_[0-9a-f-]{36}$/);
    expect(started).toEqual(Array(2).fill({ stateMachineArn: MACHINE, name, input: JSON.stringify(event) }));
    expect(new Set(started.map((one) => JSON.stringify(one))).size).toBe(1);
  });

  it('is done when an earlier delivery started it', async () => {
    const { delivery } = stack();
    const startExecution = () => {
      throw new AwsError('ExecutionAlreadyExists', 'it ran');
    };

    await deliverEvent(target, { ...delivery, states: { startExecution } });
  });

  it.each([
    [
      'the role may not',
      { ...target, arn: `${MACHINE}-other` },
      'RuleRole (arn:aws:iam::000000000000:role/S-RuleRole) is not authorized to perform: states:StartExecution',
    ],
    ['there is no role', { arn: MACHINE, event }, 'is no role of this stack'],
    [
      'the role trusts another service',
      { ...target, roleArn: ROLE },
      'role SchedulerRole does not trust events.amazonaws.com',
    ],
  ])('starts nothing when %s', async (_, given, message) => {
    const { delivery, started } = stack();

    await expect(deliverEvent(given, delivery)).rejects.toThrow(message);
    expect(started).toEqual([]);
  });
});

describe('a schedule', () => {
  const target = { id: 'i1', arn: MACHINE, input: '{"exportId":"a"}', roleArn: ROLE };

  it('starts its state machine', async () => {
    const { delivery, started } = stack();

    await deliverSchedule(target, delivery);

    expect(started).toEqual([{ stateMachineArn: MACHINE, name: 'i1', input: '{"exportId":"a"}' }]);
  });

  const sweep = { ...target, arn: FUNCTION, roleArn: 'arn:aws:iam::000000000000:role/S-SweeperRole' };

  it('invokes its function', async () => {
    const { delivery, events, started } = stack();

    await deliverSchedule(sweep, delivery);

    expect(events).toEqual([{ exportId: 'a' }]);
    expect(started).toEqual([]);
  });

  it('fails as its function does', async () => {
    const { delivery } = stack({ answer: { ok: false, errorType: 'Error', errorMessage: 'oops' } });

    await expect(deliverSchedule(sweep, delivery)).rejects.toThrow('Error: oops');
  });

  it('is done when an earlier delivery of the same invocation started it', async () => {
    const { delivery } = stack();
    const startExecution = () => {
      throw new AwsError('ExecutionAlreadyExists', 'it ran');
    };

    await deliverSchedule(target, { ...delivery, states: { startExecution } });
  });

  it.each([
    [
      'its role may not start',
      { ...target, arn: `${MACHINE}-other` },
      'not authorized to perform: states:StartExecution',
    ],
    ['its role is not there', { ...target, roleArn: `${ROLE}-other` }, 'is no role of this stack'],
    [
      'its role trusts another service',
      { ...target, roleArn: 'arn:aws:iam::000000000000:role/S-ListenerRole' },
      'role ListenerRole does not trust scheduler.amazonaws.com',
    ],
    [
      'its role may not invoke',
      { ...target, arn: FUNCTION },
      'not authorized to perform: lambda:InvokeFunction',
    ],
    [
      'it starts something else',
      { ...target, arn: 'arn:aws:sqs:eu-west-3:000000000000:q' },
      'a schedule starts state machines and functions here',
    ],
  ])('starts nothing when %s', async (_, given, message) => {
    const { delivery, started } = stack();

    await expect(deliverSchedule(given, delivery)).rejects.toThrow(message);
    expect(started).toEqual([]);
  });
});
