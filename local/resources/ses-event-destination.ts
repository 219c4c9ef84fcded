import * as z from 'zod';
import { resourceType } from './resource-type.ts';

export const sesEventDestination = resourceType({
  type: 'AWS::SES::ConfigurationSetEventDestination',
  properties: z.strictObject({
    ConfigurationSetName: z.string(),
    EventDestination: z.strictObject({
      Enabled: z.literal(true),
      EventBridgeDestination: z.strictObject({
        EventBusArn: z.string().endsWith(':event-bus/default', 'SES knows the default bus only'),
      }),
      MatchingEventTypes: z.array(z.string()).min(1),
    }),
  }),
  declared: { 'EventDestination.Name': 'nothing chooses by it' },

  identify: ({ logicalId }) => ({ ref: logicalId, attributes: {} }),
  create({ properties: { ConfigurationSetName, EventDestination } }, { ses }) {
    ses.addEventDestination({
      configurationSet: ConfigurationSetName,
      // CloudFormation writes renderingFailure where SES's own API says RENDERING_FAILURE
      eventTypes: EventDestination.MatchingEventTypes.map((type) =>
        type.replace(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`).toUpperCase(),
      ),
    });
  },
});
