import * as z from 'zod';
import { PolicyStatement } from '#local/gate/policy.ts';

const oneOrMany = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());

/** A policy on a role. */
export const PolicyDocument = z.strictObject({
  Version: z.literal('2012-10-17'),
  Statement: z.array(PolicyStatement),
});

/** A statement of a policy that stands on a resource, as far as it tells who is meant. */
export const ResourceStatement = z.looseObject({
  Effect: z.enum(['Allow', 'Deny']),
  Action: oneOrMany,
  Principal: z.union([
    z.literal('*'),
    z.strictObject({ AWS: oneOrMany.optional(), Service: oneOrMany.optional() }),
  ]),
  Condition: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
});
export type ResourceStatement = z.infer<typeof ResourceStatement>;

export const ResourcePolicy = z.strictObject({
  Version: z.literal('2012-10-17'),
  Statement: z.array(ResourceStatement),
});

/** The roles that a statement names one by one. */
export const rolesNamed = ({ Principal }: ResourceStatement): readonly string[] =>
  Principal === '*' ? [] : (Principal.AWS ?? []).filter((arn) => arn.includes(':role/'));

/** The services that a statement names. */
export const servicesNamed = ({ Principal }: ResourceStatement): readonly string[] =>
  Principal === '*' ? [] : (Principal.Service ?? []);
