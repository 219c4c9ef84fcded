import * as z from 'zod';
import type { PolicyStatement } from '#local/gate/policy.ts';
import { iamRole, MANAGED_POLICIES } from './iam-role.ts';
import { keyPolicyStatements } from './kms-key.ts';
import { PolicyDocument } from './policy-document.ts';
import { nameOf, type Resource, resourcesOf, resourceType } from './resource-type.ts';

export const iamPolicy = resourceType({
  type: 'AWS::IAM::Policy',
  properties: z.strictObject({
    PolicyName: z.string(),
    PolicyDocument,
    Roles: z.array(z.string()).min(1),
  }),

  identify: ({ properties }) => ({ ref: properties.PolicyName, attributes: {} }),
});

export const iamManagedPolicy = resourceType({
  type: 'AWS::IAM::ManagedPolicy',
  properties: z.strictObject({
    ManagedPolicyName: z.string().optional(),
    PolicyDocument,
    Roles: z.array(z.string()).min(1),
  }),
  declared: { Description: 'for people', Path: 'part of the ARN on AWS; nothing here chooses by it' },

  identify({ logicalId, properties }, place) {
    const name = properties.ManagedPolicyName ?? nameOf(place, logicalId, 128);
    return { ref: `arn:aws:iam::${place.account}:policy/${name}`, attributes: {} };
  },
});

/** All that each role is allowed and denied, by the role's ARN: in itself, by policies beside it, by keys. */
export function policiesOf(resources: readonly Resource[]): Map<string, readonly PolicyStatement[]> {
  const attached = [...resourcesOf(iamPolicy, resources), ...resourcesOf(iamManagedPolicy, resources)];
  const byKey = keyPolicyStatements(resources);

  return new Map(
    resourcesOf(iamRole, resources).map(({ ref, attributes: { Arn = '' }, properties }) => [
      Arn,
      [
        ...properties.ManagedPolicyArns.flatMap((name) => MANAGED_POLICIES[name] ?? []),
        ...properties.Policies.flatMap((policy) => policy.PolicyDocument.Statement),
        ...attached
          .filter((policy) => policy.properties.Roles.includes(ref))
          .flatMap((policy) => policy.properties.PolicyDocument.Statement),
        ...byKey.filter(([roleArn]) => roleArn === Arn).map(([, statement]) => statement),
      ],
    ]),
  );
}
