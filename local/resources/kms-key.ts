import * as z from 'zod';
import { PolicyStatement } from '#local/gate/policy.ts';
import { ResourcePolicy, type ResourceStatement, rolesNamed } from './policy-document.ts';
import { arnOf, type Resource, resourcesOf, resourceType, uuidOf } from './resource-type.ts';

/** https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#key-policy-default-allow-root-enable-iam */
const leavesItToRoles = ({ Effect, Action, Principal }: ResourceStatement): boolean =>
  Effect === 'Allow' &&
  Action.includes('kms:*') &&
  Principal !== '*' &&
  Principal.AWS?.some((arn) => arn.endsWith(':root')) === true;

export const kmsKey = resourceType({
  type: 'AWS::KMS::Key',
  properties: z.strictObject({
    KeyPolicy: ResourcePolicy.refine(
      ({ Statement }) => Statement.some(leavesItToRoles),
      "without a statement for the account's root no role's own policy would count on AWS",
    ),
  }),
  declared: {
    Description: 'for people',
    EnableKeyRotation: 'nothing is encrypted here',
    PendingWindowInDays: 'only --fresh deletes',
    RotationPeriodInDays: 'nothing is encrypted here',
    Tags: 'nothing reads tags here',
  },

  identify({ logicalId }, place) {
    const id = uuidOf(`${place.stackName}/${logicalId}`);
    return { ref: id, attributes: { Arn: arnOf(place, 'kms', `key/${id}`), KeyId: id } };
  },
});

/** What key policies allow roles, as statements of each role's own: within an account either is enough. */
export function keyPolicyStatements(
  resources: readonly Resource[],
): (readonly [roleArn: string, statement: PolicyStatement])[] {
  return resourcesOf(kmsKey, resources).flatMap(({ attributes, properties }) =>
    properties.KeyPolicy.Statement.flatMap((statement) => {
      const roles = rolesNamed(statement);
      if (roles.length === 0) return [];
      // "*" in a key's own policy is the key
      const { Principal: _, ...own } = { ...statement, Resource: attributes.Arn };
      const parsed = PolicyStatement.parse(own);
      return roles.map((role) => [role, parsed] as const);
    }),
  );
}
