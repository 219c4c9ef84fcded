import * as z from 'zod';
import type { AssemblyEdit } from './assembly.ts';
import type { StackProcess } from './stack-process.ts';

const CODE = `export const handler = async ({ 'detail-type': type, detail }) => {
  console.log(JSON.stringify({ type, ...detail }));
};`;

/** A function beside the stack that hears what the segments' bus carries, as a company's own would. */
export const busListener: AssemblyEdit = {
  code: { 'listener.zip': CODE },
  template(template) {
    const [busId] =
      Object.entries(template.Resources).find(([, { Type }]) => Type === 'AWS::Events::EventBus') ?? [];
    const service = {
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Principal: { Service: 'lambda.amazonaws.com' },
    };
    return {
      ...template,
      Resources: {
        ...template.Resources,
        ListenerRole: {
          Type: 'AWS::IAM::Role',
          Properties: { AssumeRolePolicyDocument: { Statement: [service], Version: '2012-10-17' } },
        },
        Listener: {
          Type: 'AWS::Lambda::Function',
          Properties: {
            Code: { S3Bucket: 'assets', S3Key: 'listener.zip' },
            Handler: 'index.handler',
            Role: { 'Fn::GetAtt': ['ListenerRole', 'Arn'] },
            Runtime: 'nodejs24.x',
          },
        },
        ListenerRule: {
          Type: 'AWS::Events::Rule',
          Properties: {
            EventBusName: { Ref: busId },
            EventPattern: { source: ['tributary'] },
            Targets: [{ Arn: { 'Fn::GetAtt': ['Listener', 'Arn'] }, Id: 'Listener' }],
          },
        },
        ListenerPermission: {
          Type: 'AWS::Lambda::Permission',
          Properties: {
            Action: 'lambda:InvokeFunction',
            FunctionName: { 'Fn::GetAtt': ['Listener', 'Arn'] },
            Principal: 'events.amazonaws.com',
            SourceArn: { 'Fn::GetAtt': ['ListenerRule', 'Arn'] },
          },
        },
      },
    };
  },
};

const Heard = z.object({ type: z.string(), pid: z.string(), segment: z.string() });

/** What it has heard so far, in order. */
export const heardBy = (stack: StackProcess): readonly z.infer<typeof Heard>[] =>
  stack
    .functionLog('Listener')
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => Heard.parse(JSON.parse(line)));
