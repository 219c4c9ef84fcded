import * as z from 'zod';
import { arn } from '#local/gate/arns.ts';
import type { AccessRequest } from '#local/gate/aws-call.ts';
import { readBody } from '#local/services/json-service.ts';
import type { Access, AccessOfService } from './access.ts';

const Template = z.object({ Template: z.object({ TemplateName: z.string().optional() }).optional() });
const Mail = z.object({
  FromEmailAddress: z.string().default(''),
  FromEmailAddressIdentityArn: z.string().optional(),
  ConfigurationSetName: z.string().optional(),
  Content: Template.extend({ Raw: z.unknown() }).partial().optional(),
  DefaultContent: Template.optional(),
});

/**
 * Sending asks leave for every resource that it touches: the identity, the configuration set and the template.
 *
 * The identity is the sender's domain: which single addresses are verified too, the gate does not know.
 */
const send: Access = (call, region) => {
  const mail = readBody(call, Mail, 'BadRequestException');
  const domain = /@([^@>\s]+)>?\s*$/.exec(mail.FromEmailAddress)?.[1] ?? mail.FromEmailAddress;
  const identity = mail.FromEmailAddressIdentityArn ?? domain.toLowerCase();
  const template = (mail.Content ?? mail.DefaultContent)?.Template?.TemplateName;
  // SES asks for this action where a mail comes as raw MIME, through either version of its API.
  const action = mail.Content?.Raw === undefined ? `ses:${call.operation}` : 'ses:SendRawEmail';
  const requests: AccessRequest[] = [{ action, resource: arn('ses', region, 'identity/', identity) }];
  if (mail.ConfigurationSetName !== undefined) {
    requests.push({ action, resource: arn('ses', region, 'configuration-set/', mail.ConfigurationSetName) });
  }
  if (template !== undefined) requests.push({ action, resource: arn('ses', region, 'template/', template) });
  return requests;
};

export const sesAccess: AccessOfService = { SendEmail: send, SendBulkEmail: send };
