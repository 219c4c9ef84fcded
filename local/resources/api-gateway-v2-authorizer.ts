import * as z from 'zod';
import { digest, resourceType } from './resource-type.ts';

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
