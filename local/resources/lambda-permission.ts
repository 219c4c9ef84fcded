import * as z from 'zod';
import { globToRegExp } from '#local/gate/condition.ts';
import { type Resource, resourcesOf, resourceType } from './resource-type.ts';

export const lambdaPermission = resourceType({
  type: 'AWS::Lambda::Permission',
  properties: z.strictObject({
    Action: z.literal('lambda:InvokeFunction'),
    FunctionName: z.string(),
    Principal: z.string(),
    SourceArn: z.string().optional(),
  }),
  declared: { SourceAccount: 'there is one account' },
  refused: { EventSourceToken: 'for Alexa', FunctionUrlAuthType: 'there are no function URLs here' },

  identify: ({ logicalId }) => ({ ref: logicalId, attributes: {} }),
});

/** Whether a function's own policy lets a service invoke it in the name of a source. */
export type MayInvoke = (o: { functionArn: string; service: string; sourceArn: string }) => boolean;

/** Gathers the permissions of all functions. */
export function permissionsOf(resources: readonly Resource[]): MayInvoke {
  const permissions = resourcesOf(lambdaPermission, resources).map(({ properties }) => ({
    functionName: properties.FunctionName.split(':').at(-1),
    service: properties.Principal,
    source: globToRegExp(properties.SourceArn ?? '*'),
  }));
  return ({ functionArn, service, sourceArn }) =>
    permissions.some(
      (permission) =>
        permission.functionName === functionArn.split(':')[6] &&
        permission.service === service &&
        permission.source.test(sourceArn),
    );
}
