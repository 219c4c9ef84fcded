import * as z from 'zod';
import type { ApiRoute } from '#local/http/http-api.ts';
import { apiGatewayV2Authorizer } from './api-gateway-v2-authorizer.ts';
import { apiGatewayV2Integration } from './api-gateway-v2-integration.ts';
import { digest, type Resource, resourcesOf, resourceType } from './resource-type.ts';

export const apiGatewayV2Route = resourceType({
  type: 'AWS::ApiGatewayV2::Route',
  properties: z.strictObject({
    ApiId: z.string(),
    RouteKey: z.string().regex(/^(\$default|[A-Z]+ \/\S*)$/),
    Target: z.string().regex(/^integrations\/.+$/),
    AuthorizationType: z.enum(['NONE', 'JWT']).default('NONE'),
    AuthorizerId: z.string().optional(),
    AuthorizationScopes: z.array(z.string()).default([]),
  }),
  declared: { OperationName: 'for people' },
  refused: { ApiKeyRequired: 'for WebSocket APIs' },

  identify: ({ logicalId }) => ({ ref: digest(logicalId).slice(0, 7), attributes: {} }),
});

/** An API's routes, each with the function and the authorizer that it names. */
export function routesOf(apiId: string, resources: readonly Resource[]): ApiRoute[] {
  const integrations = resourcesOf(apiGatewayV2Integration, resources);
  const authorizers = resourcesOf(apiGatewayV2Authorizer, resources);

  return resourcesOf(apiGatewayV2Route, resources)
    .filter(({ properties }) => properties.ApiId === apiId)
    .map(({ logicalId, properties: { Target, AuthorizationType, AuthorizerId, ...route } }) => {
      const integration = integrations.find(({ ref }) => Target === `integrations/${ref}`);
      const authorizer = authorizers.find(({ ref }) => ref === AuthorizerId);
      if (integration === undefined) throw new Error(`${logicalId} leads to no integration: ${Target}`);
      if (AuthorizationType === 'JWT' && authorizer === undefined) {
        throw new Error(`${logicalId} asks for a token and names no authorizer that could check it`);
      }
      return {
        key: route.RouteKey,
        functionArn: integration.properties.IntegrationUri,
        scopes: route.AuthorizationScopes,
        authorizer: authorizer && {
          issuer: authorizer.properties.JwtConfiguration.Issuer,
          audience: authorizer.properties.JwtConfiguration.Audience,
        },
      };
    });
}
