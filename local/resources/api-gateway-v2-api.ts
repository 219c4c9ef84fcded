import * as z from 'zod';
import type { HttpApi } from '#local/http/http-api.ts';
import { routesOf } from './api-gateway-v2-route.ts';
import { apiGatewayV2Stage } from './api-gateway-v2-stage.ts';
import { arnOf, digest, type Place, type Resource, resourcesOf, resourceType } from './resource-type.ts';

const Names = z.array(z.string()).default([]);

export const apiGatewayV2Api = resourceType({
  type: 'AWS::ApiGatewayV2::Api',
  properties: z.strictObject({
    ProtocolType: z.literal('HTTP'),
    CorsConfiguration: z
      .strictObject({
        AllowOrigins: Names,
        AllowMethods: Names,
        AllowHeaders: Names,
        ExposeHeaders: Names,
        MaxAge: z.int().optional(),
        AllowCredentials: z.boolean().default(false),
      })
      .optional(),
  }),
  declared: { Description: 'for people', Name: 'for people', Tags: 'nothing reads tags here' },
  refused: {
    DisableExecuteApiEndpoint: 'the address on the loopback is the only one',
    Target: 'routes and integrations are resources of their own',
  },

  identify({ logicalId }, place) {
    const id = digest(`${place.stackName}/${logicalId}`).slice(0, 10);
    const url = place.apiUrls.get(logicalId) ?? `https://${id}.execute-api.${place.region}.amazonaws.com`;
    return { ref: id, attributes: { ApiId: id, ApiEndpoint: url } };
  },
});

/** Each HTTP API with its routes, its authorizers and its stage's limits, ready to be answered for. */
export function httpApisOf(resources: readonly Resource[], place: Place): HttpApi[] {
  return resourcesOf(apiGatewayV2Api, resources).map(
    ({ logicalId, ref, properties: { CorsConfiguration: cors } }) => {
      const stage = resourcesOf(apiGatewayV2Stage, resources).find(
        ({ properties }) => properties.ApiId === ref,
      );
      if (stage === undefined)
        throw new Error(`${logicalId} has no stage, so AWS would answer 404 to everything`);
      const limits = stage.properties.DefaultRouteSettings;
      return {
        logicalId,
        apiId: ref,
        arn: arnOf(place, 'execute-api', ref),
        account: place.account,
        routes: routesOf(ref, resources),
        cors: cors && {
          allowOrigins: cors.AllowOrigins,
          allowMethods: cors.AllowMethods,
          allowHeaders: cors.AllowHeaders,
          exposeHeaders: cors.ExposeHeaders,
          maxAge: cors.MaxAge,
          allowCredentials: cors.AllowCredentials,
        },
        throttling: limits && {
          requestsPerSecond: limits.ThrottlingRateLimit,
          burst: limits.ThrottlingBurstLimit,
        },
      };
    },
  );
}
