import * as z from 'zod';
import { ResourcePolicy, type ResourceStatement, rolesNamed } from './policy-document.ts';
import { resourceType } from './resource-type.ts';

/** A Deny of plain HTTP, which is all that the loopback speaks. */
const deniesPlainHttp = ({ Effect, Condition }: ResourceStatement): boolean =>
  Effect === 'Deny' && JSON.stringify(Condition) === '{"Bool":{"aws:SecureTransport":"false"}}';

/** A leave for an AWS service that does not run here, such as the delivery of access logs. */
const allowsService = ({ Effect, Principal }: ResourceStatement): boolean =>
  Effect === 'Allow' && Principal !== '*' && Principal.AWS === undefined;

/** A role of this account needs its own leave as well, and that one is checked. */
const allowsRoles = (statement: ResourceStatement): boolean =>
  statement.Effect === 'Allow' && rolesNamed(statement).length > 0;

export const s3BucketPolicy = resourceType({
  type: 'AWS::S3::BucketPolicy',
  properties: z.strictObject({
    Bucket: z.string(),
    PolicyDocument: ResourcePolicy.refine(
      ({ Statement }) =>
        Statement.every((one) => deniesPlainHttp(one) || allowsService(one) || allowsRoles(one)),
      'of denials only that of plain HTTP can be left to AWS, and leaves only where they name roles or services',
    ),
  }),

  identify: ({ properties }) => ({ ref: properties.Bucket, attributes: {} }),
});
