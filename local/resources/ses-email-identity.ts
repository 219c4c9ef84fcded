import * as z from 'zod';
import { resourceType } from './resource-type.ts';

export const sesEmailIdentity = resourceType({
  type: 'AWS::SES::EmailIdentity',
  properties: z.strictObject({ EmailIdentity: z.string() }),
  declared: {
    ConfigurationSetAttributes: 'each message names its configuration set',
    DkimAttributes: 'nothing is signed in the local inbox',
    DkimSigningAttributes: 'nothing is signed in the local inbox',
    FeedbackAttributes: 'nothing bounces to a mailbox here',
    MailFromAttributes: 'nothing leaves for the internet here',
    Tags: 'nothing reads tags here',
  },

  identify: ({ properties }) => ({ ref: properties.EmailIdentity, attributes: {} }),
  create({ ref }, { ses }) {
    ses.createIdentity(ref);
  },
});
