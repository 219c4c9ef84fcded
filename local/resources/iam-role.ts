import * as z from 'zod';
import type { PolicyStatement } from '#local/gate/policy.ts';
import { PolicyDocument, ResourcePolicy, servicesNamed } from './policy-document.ts';
import { digest, nameOf, type Resource, resourcesOf, resourceType } from './resource-type.ts';

/** AWS's own policies, as far as a template of ours may name them; their text is AWS's. */
export const MANAGED_POLICIES: Readonly<Record<string, readonly PolicyStatement[]>> = {
  'service-role/AWSLambdaBasicExecutionRole': [
    {
      Effect: 'Allow',
      Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: ['*'],
    },
  ],
};

const ManagedPolicyArn = z
  .string()
  .transform((arn) => arn.split(':policy/')[1] ?? arn)
  .refine(
    (name) => name in MANAGED_POLICIES,
    'this managed policy is not known here (local/resources/iam-role.ts)',
  );

export const iamRole = resourceType({
  type: 'AWS::IAM::Role',
  properties: z.strictObject({
    RoleName: z.string().optional(),
    AssumeRolePolicyDocument: ResourcePolicy,
    ManagedPolicyArns: z.array(ManagedPolicyArn).default([]),
    Policies: z.array(z.strictObject({ PolicyName: z.string(), PolicyDocument })).default([]),
  }),
  declared: {
    'AssumeRolePolicyDocument.Statement.Condition':
      'there is one account with one stack, so nobody else can ask',
    Description: 'for people',
    MaxSessionDuration: 'local credentials do not expire',
    Path: 'part of the ARN on AWS; nothing here chooses by it',
    Tags: 'nothing reads tags here',
  },
  refused: { PermissionsBoundary: 'the gate evaluates a role by its policies alone' },

  identify({ logicalId, properties }, place) {
    const name = properties.RoleName ?? nameOf(place, logicalId);
    const id = `AROA${digest(name).slice(0, 17).toUpperCase()}`;
    return { ref: name, attributes: { Arn: `arn:aws:iam::${place.account}:role/${name}`, RoleId: id } };
  },
});

/**
 * Finds the role that a resource names and that `service` may take on.
 *
 * @throws when it is not of this stack, or does not trust the service: AWS refuses both.
 */
export function roleFor(service: string, roleArn: string, resources: readonly Resource[]): Resource {
  const role = resourcesOf(iamRole, resources).find(({ attributes }) => attributes.Arn === roleArn);
  if (role === undefined) throw new Error(`${roleArn} is no role of this stack`);
  const trusts = role.properties.AssumeRolePolicyDocument.Statement.some(
    (statement) => statement.Effect === 'Allow' && servicesNamed(statement).includes(service),
  );
  if (!trusts) throw new Error(`role ${role.logicalId} does not trust ${service}`);
  return role;
}
