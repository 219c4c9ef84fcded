import * as z from 'zod';
import { digest, resourceType } from './resource-type.ts';

export const apiGatewayV2Integration = resourceType({
  type: 'AWS::ApiGatewayV2::Integration',
  properties: z.strictObject({
    ApiId: z.string(),
    IntegrationType: z.literal('AWS_PROXY'),
    IntegrationUri: z.string().startsWith('arn:aws:lambda:'),
    IntegrationMethod: z.literal('POST').optional(),
    PayloadFormatVersion: z.literal('2.0'),
    TimeoutInMillis: z.literal(30_000).optional(),
  }),
  declared: { Description: 'for people' },
  refused: {
    RequestParameters: 'functions get the request as it came',
    ResponseParameters: 'clients get the answer as the function gave it',
  },

  identify: ({ logicalId }) => ({ ref: digest(logicalId).slice(0, 7), attributes: {} }),
});
