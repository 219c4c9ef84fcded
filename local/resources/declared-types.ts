import * as z from 'zod';
import { arnOf, type Identity, nameOf, type Place, resourceType } from './resource-type.ts';

/** A type that is read and left: nothing on one machine depends on what it says. */
const declaredType = (
  type: string,
  reason: string,
  identify: (logicalId: string, place: Place) => Identity,
) =>
  resourceType({
    type,
    properties: z.record(z.string(), z.unknown()).describe(reason),
    identify: ({ logicalId }, place) => identify(logicalId, place),
  });

/** The resource types that are only declared, each with its reason. */
export const DECLARED_TYPES = [
  declaredType('AWS::CDK::Metadata', 'tells AWS which constructs were used', (logicalId) => ({
    ref: logicalId,
    attributes: {},
  })),
  declaredType('AWS::CloudWatch::Alarm', 'there are no metrics here to watch', (logicalId, place) => {
    const name = nameOf(place, logicalId, 255);
    return { ref: name, attributes: { Arn: arnOf(place, 'cloudwatch', `alarm:${name}`) } };
  }),
  declaredType('AWS::CloudWatch::Dashboard', 'there are no metrics here to show', (logicalId, place) => ({
    ref: nameOf(place, logicalId, 255),
    attributes: {},
  })),
  declaredType(
    'AWS::KMS::Alias',
    'a name for people: what is encrypted names its key',
    (logicalId, place) => ({
      ref: `alias/${nameOf(place, logicalId)}`,
      attributes: {},
    }),
  ),
  declaredType('AWS::Logs::LogGroup', 'lines go to .local/logs', (logicalId, place) => {
    const name = nameOf(place, logicalId, 512);
    return { ref: name, attributes: { Arn: `${arnOf(place, 'logs', `log-group:${name}`)}:*` } };
  }),
  declaredType('AWS::SNS::Subscription', 'no alarm goes off here', (logicalId) => ({
    ref: logicalId,
    attributes: {},
  })),
  declaredType('AWS::SNS::Topic', 'carries alarms, and no alarm goes off here', (logicalId, place) => {
    const name = nameOf(place, logicalId, 256);
    return {
      ref: arnOf(place, 'sns', name),
      attributes: { TopicArn: arnOf(place, 'sns', name), TopicName: name },
    };
  }),
  declaredType('AWS::SNS::TopicPolicy', 'carries alarms, and no alarm goes off here', (logicalId) => ({
    ref: logicalId,
    attributes: {},
  })),
];
