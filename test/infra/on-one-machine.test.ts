import { expect, it } from 'vitest';
import { httpApisOf } from '#local/resources/api-gateway-v2-api.ts';
import { policiesOf } from '#local/resources/iam-policy.ts';
import { streamMappingsOf } from '#local/resources/lambda-event-source-mapping.ts';
import { RESOURCE_TYPES } from '#local/resources/resource-types.ts';
import { Template } from '#local/template/assembly.ts';
import { evaluate } from '#local/template/evaluate.ts';
import { synthesize } from './stack-template.ts';

const place = {
  stackName: 'Tributary-test',
  region: 'eu-west-3',
  account: '000000000000',
  assets: new Map(),
  apiUrls: new Map(),
};

/** Code by S3 key, as it is when handlers are bundled. */
const withCode = (resource: Template['Resources'][string]): Template['Resources'][string] =>
  resource.Type === 'AWS::Lambda::Function'
    ? {
        ...resource,
        Properties: { ...resource.Properties, Code: { S3Bucket: 'assets', S3Key: 'handler.zip' } },
      }
    : resource;

function template(): Template {
  const whole = Template.parse(synthesize().toJSON());
  const bundled = Object.entries(whole.Resources).map(([id, resource]) => [id, withCode(resource)] as const);
  return { ...whole, Resources: Object.fromEntries(bundled) };
}

it('the stack holds nothing that does not run on one machine', () => {
  const { resources, outputs } = evaluate(template(), { place, types: RESOURCE_TYPES });

  expect(Object.keys(outputs)).toContain('CollectUrl');
  expect(httpApisOf(resources, place)).toHaveLength(2);
  expect(streamMappingsOf(resources)).toHaveLength(2);
  expect([...policiesOf(resources).values()].every((statements) => statements.length > 0)).toBe(true);
});
