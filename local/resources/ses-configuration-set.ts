import * as z from 'zod';
import { nameOf, resourceType } from './resource-type.ts';

export const sesConfigurationSet = resourceType({
  type: 'AWS::SES::ConfigurationSet',
  properties: z.strictObject({ Name: z.string().optional() }),
  declared: {
    DeliveryOptions: 'mail ends in the local inbox, without TLS and without a pool of addresses',
    ReputationOptions: 'there is no reputation here',
    SendingOptions: 'the local inbox takes all',
    SuppressionOptions: 'nothing is suppressed for the account here',
    Tags: 'nothing reads tags here',
    TrackingOptions: 'opens and clicks are counted on the local inbox',
    VdmOptions: 'there is no reputation here',
  },

  identify: ({ logicalId, properties }, place) => ({
    ref: properties.Name ?? nameOf(place, logicalId),
    attributes: {},
  }),
  create({ ref }, { ses }) {
    ses.createConfigurationSet({ name: ref });
  },
});
