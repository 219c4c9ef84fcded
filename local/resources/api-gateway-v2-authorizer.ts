import * as z from 'zod';
import type { JwtAuthorizer } from '#local/http/jwt-authorizer.ts';
import { digest, type Resource, resourcesOf, resourceType } from './resource-type.ts';

export const apiGatewayV2Authorizer = resourceType({
  type: 'AWS::ApiGatewayV2::Authorizer',
  properties: z.strictObject({
    ApiId: z.string(),
    AuthorizerType: z.literal('JWT'),
    IdentitySource: z.tuple([z.literal('$request.header.Authorization')]),
    JwtConfiguration: z.strictObject({ Audience: z.array(z.string()).min(1), Issuer: z.url() }),
  }),
  declared: { Name: 'for people' },

  identify({ logicalId }) {
    const id = digest(logicalId).slice(0, 6);
    return { ref: id, attributes: { AuthorizerId: id } };
  },
});

/** The users whom the stack's tokens are for: those of its first authorizer. */
export function jwtAuthorizerOf(resources: readonly Resource[]): JwtAuthorizer | undefined {
  const [first] = resourcesOf(apiGatewayV2Authorizer, resources);
  if (first === undefined) return undefined;
  const { Issuer: issuer, Audience: audience } = first.properties.JwtConfiguration;
  return { issuer, audience };
}
