import * as z from 'zod';
import type { Caller } from '#local/gate/aws-call.ts';
import { roleFor } from './iam-role.ts';
import { arnOf, digest, nameOf, type Resource, resourcesOf, resourceType } from './resource-type.ts';

export const lambdaFunction = resourceType({
  type: 'AWS::Lambda::Function',
  properties: z.strictObject({
    FunctionName: z.string().optional(),
    Code: z.strictObject({ S3Bucket: z.string(), S3Key: z.string() }),
    Handler: z.string().regex(/^[^.]+\.[^.]+$/),
    Runtime: z.literal('nodejs24.x'),
    Role: z.string(),
    Environment: z.strictObject({ Variables: z.record(z.string(), z.string()) }).optional(),
    Timeout: z.int().min(1).max(900).default(3),
    MemorySize: z.int().min(128).max(10_240).default(128),
    ReservedConcurrentExecutions: z.int().positive().optional(),
  }),
  declared: {
    Architectures: 'the bundle is JavaScript',
    Description: 'for people',
    EphemeralStorage: 'the local /tmp is as large as the disk',
    KmsKeyArn: 'the environment stands in the template in the clear',
    LoggingConfig: 'lines go as they are to .local/logs, a file a function',
    RecursiveLoop: 'loops show in the log',
    RuntimeManagementConfig: 'Node is the one that runs this',
    Tags: 'nothing reads tags here',
    TracingConfig: 'there is no X-Ray here',
  },
  refused: {
    DeadLetterConfig: 'what an asynchronous invocation fails at goes nowhere here',
    FileSystemConfigs: 'there is no EFS here',
    ImageConfig: 'containers do not run here',
    Layers: 'the bundle holds all that it needs',
    SnapStart: 'Node has none',
    VpcConfig: 'there is no VPC here',
  },

  identify({ logicalId, properties }, place) {
    const name = properties.FunctionName ?? nameOf(place, logicalId);
    return { ref: name, attributes: { Arn: arnOf(place, 'lambda', `function:${name}`) } };
  },
  create({ logicalId, ref, attributes: { Arn = '' }, properties }, { functions, endpointUrl }, { assets }) {
    const directory = assets.get(properties.Code.S3Key);
    if (directory === undefined)
      throw new Error(`${logicalId}: no asset of cdk.out is ${properties.Code.S3Key}`);
    functions.add({
      logicalId,
      arn: Arn,
      name: ref,
      directory,
      handler: properties.Handler,
      environment: properties.Environment?.Variables ?? {},
      timeoutMs: properties.Timeout * 1000,
      memoryMb: properties.MemorySize,
      reservedConcurrency: properties.ReservedConcurrentExecutions,
      accessKeyId: accessKeyOf(Arn),
      endpointUrl,
    });
  },
});

const accessKeyOf = (functionArn: string): string => `LKIA${digest(functionArn).slice(0, 16).toUpperCase()}`;

/** Whom the gate sees behind a function: its role, under the name of the function. */
export function callerOfFunction(functionArn: string, resources: readonly Resource[]): Caller {
  const found = resourcesOf(lambdaFunction, resources).find(
    ({ attributes }) => attributes.Arn === functionArn,
  );
  if (found === undefined) throw new Error(`${functionArn} is no function of this stack`);
  const role = roleFor('lambda.amazonaws.com', found.properties.Role, resources);
  return { kind: 'role', roleId: role.attributes.Arn ?? '', name: found.logicalId };
}

/** Who stands behind each access key that a function was given. */
export function functionCallers(resources: readonly Resource[]): Map<string, Caller> {
  return new Map(
    resourcesOf(lambdaFunction, resources).map(({ attributes: { Arn = '' } }) => [
      accessKeyOf(Arn),
      callerOfFunction(Arn, resources),
    ]),
  );
}
