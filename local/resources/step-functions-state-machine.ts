import * as z from 'zod';
import { roleFor } from './iam-role.ts';
import { arnOf, nameOf, resourceType } from './resource-type.ts';

export const stepFunctionsStateMachine = resourceType({
  type: 'AWS::StepFunctions::StateMachine',
  properties: z.strictObject({
    StateMachineName: z.string().optional(),
    StateMachineType: z.literal('STANDARD').optional(),
    DefinitionString: z.string(),
    RoleArn: z.string(),
  }),
  declared: {
    LoggingConfiguration: 'GetExecutionHistory and .local/logs tell what happened',
    Tags: 'nothing reads tags here',
    TracingConfiguration: 'there is no X-Ray here',
    EncryptionConfiguration: 'the local disk is not encrypted',
  },
  refused: { DefinitionSubstitutions: 'references in the definition itself say the same' },

  identify({ logicalId, properties }, place) {
    const name = properties.StateMachineName ?? nameOf(place, logicalId, 80);
    const arn = arnOf(place, 'states', `stateMachine:${name}`);
    return { ref: arn, attributes: { Arn: arn, Name: name } };
  },
  create({ ref, attributes: { Name = '' }, properties }, { states, resources }) {
    const role = roleFor('states.amazonaws.com', properties.RoleArn, resources);
    states.createStateMachine({
      arn: ref,
      name: Name,
      caller: { kind: 'role', roleId: properties.RoleArn, name: role.logicalId },
      definition: JSON.parse(properties.DefinitionString),
    });
  },
});
