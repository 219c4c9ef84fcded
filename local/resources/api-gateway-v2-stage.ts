import * as z from 'zod';
import { resourceType } from './resource-type.ts';

export const apiGatewayV2Stage = resourceType({
  type: 'AWS::ApiGatewayV2::Stage',
  properties: z.strictObject({
    ApiId: z.string(),
    StageName: z.literal('$default'),
    AutoDeploy: z.literal(true),
    DefaultRouteSettings: z
      .strictObject({ ThrottlingRateLimit: z.number(), ThrottlingBurstLimit: z.number() })
      .optional(),
  }),
  declared: {
    AccessLogSettings: 'requests are not logged here, only what functions write, in .local/logs',
    'DefaultRouteSettings.DetailedMetricsEnabled': 'there are no metrics here',
    Description: 'for people',
    Tags: 'nothing reads tags here',
  },
  refused: {
    RouteSettings: 'every route has the limits of the stage',
    StageVariables: 'functions get what they need by their environment',
  },

  identify: ({ properties }) => ({ ref: properties.StageName, attributes: {} }),
});
