import { type StreamMapping, StreamMappingProperties } from '#local/lambda/mapping-properties.ts';
import { callerOfFunction, lambdaFunction } from './lambda-function.ts';
import { type Resource, resourcesOf, resourceType, uuidOf } from './resource-type.ts';

export const lambdaEventSourceMapping = resourceType({
  type: 'AWS::Lambda::EventSourceMapping',
  properties: StreamMappingProperties,
  declared: { MetricsConfig: 'there are no metrics here', Tags: 'nothing reads tags here' },
  refused: { TumblingWindowInSeconds: 'no function here keeps state between batches' },

  identify({ logicalId }, place) {
    const id = uuidOf(`${place.stackName}/${logicalId}`);
    return { ref: id, attributes: { Id: id } };
  },
});

/** Every mapping of a stream, with the function that it feeds and the role that it reads by. */
export function streamMappingsOf(resources: readonly Resource[]): StreamMapping[] {
  return resourcesOf(lambdaEventSourceMapping, resources).map(({ logicalId, ref, properties }) => {
    const name = properties.FunctionName.split(':function:').at(-1);
    const mapped = resourcesOf(lambdaFunction, resources).find((candidate) => candidate.ref === name);
    const functionArn = mapped?.attributes.Arn;
    if (functionArn === undefined) throw new Error(`${logicalId} feeds ${name}, no function of this stack`);
    const caller = callerOfFunction(functionArn, resources);
    return { id: ref, functionArn, caller, roleArn: mapped?.properties.Role ?? '', properties };
  });
}
