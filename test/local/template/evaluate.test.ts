// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are CloudFormation's own placeholders
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type ResourceType, resourceType } from '#local/resources/resource-type.ts';
import { RESOURCE_TYPES } from '#local/resources/resource-types.ts';
import { Template } from '#local/template/assembly.ts';
import { evaluate } from '#local/template/evaluate.ts';

const place = {
  stackName: 'Stack',
  region: 'eu-west-3',
  account: '000000000000',
  assets: new Map(),
  apiUrls: new Map(),
};
const thing: ResourceType = resourceType({
  type: 'Test::Thing',
  properties: z.strictObject({
    Of: z.unknown().optional(),
    Part: z.strictObject({ Size: z.number() }).optional(),
  }),
  declared: { Tags: 'nothing reads tags here', 'Part.Colour': 'it is dark inside' },
  refused: { Secret: 'secrets are not written down' },
  identify: ({ logicalId }) => ({ ref: `ref-${logicalId}`, attributes: { Arn: `arn-${logicalId}` } }),
});
const types = new Map([[thing.type, thing]]);

const run = (template: object) => evaluate(Template.parse(template), { place, types });
const Thing = (Properties: object = {}, rest: object = {}) => ({ Type: 'Test::Thing', Properties, ...rest });

describe('evaluating a template', () => {
  it('orders resources by what they need', () => {
    const { resources } = run({
      Resources: {
        A: Thing({ Of: { Ref: 'C' } }),
        B: Thing({}, { DependsOn: ['A'] }),
        C: Thing(),
      },
    });

    expect(resources.map(({ logicalId }) => logicalId)).toEqual(['C', 'A', 'B']);
    expect(resources[1]?.properties).toEqual({ Of: 'ref-C' });
  });

  it('takes parameters by their default, pseudo parameters from the place, and outputs from both', () => {
    const { outputs } = run({
      Parameters: { Stage: { Type: 'String', Default: 'prod' } },
      Resources: { A: Thing() },
      Outputs: {
        Name: { Value: { 'Fn::Sub': '${AWS::StackName}-${Stage}-${AWS::Region}-${AWS::AccountId}' } },
        Arn: { Value: { 'Fn::GetAtt': ['A', 'Arn'] } },
      },
    });

    expect(outputs).toEqual({ Name: 'Stack-prod-eu-west-3-000000000000', Arn: 'arn-A' });
  });

  it('leaves out what its condition leaves out', () => {
    const { resources } = run({
      Conditions: { Never: { 'Fn::Equals': [1, 2] } },
      Resources: {
        A: Thing({}, { Condition: 'Never' }),
        B: Thing({ Of: { 'Fn::If': ['Never', { Ref: 'A' }, 'nothing'] } }, { DependsOn: 'A' }),
      },
    });

    expect(resources).toMatchObject([{ logicalId: 'B', properties: { Of: 'nothing' } }]);
  });

  it.each([
    ['a circle', { A: Thing({ Of: { Ref: 'B' } }), B: Thing({ Of: { Ref: 'A' } }) }, 'A → B → A'],
    ['a stranger', { A: Thing({ Of: { Ref: 'Nobody' } }) }, 'Test::Thing A.Of: there is no Nobody'],
    [
      'an attribute unknown',
      { A: Thing({ Of: { 'Fn::GetAtt': ['A2', 'Id'] } }), A2: Thing() },
      'has no attribute Id',
    ],
    [
      'types on no list, all at once',
      { A: { Type: 'AWS::EC2::Instance' }, B: { Type: 'AWS::RDS::DBCluster' } },
      'AWS::EC2::Instance A, AWS::RDS::DBCluster B',
    ],
    [
      'a property on no list',
      { A: Thing({ Part: { Size: 1, Weight: 2 } }) },
      'Test::Thing A: Part.Weight is neither honoured, declared nor refused (local/coverage.md)',
    ],
    [
      'a property that is refused',
      { A: Thing({ Secret: 'x' }) },
      'Test::Thing A: Secret is refused: secrets are not written down',
    ],
    ['a value that does not run here', { A: Thing({ Part: { Size: 'big' } }) }, 'Part.Size cannot be "big"'],
  ])('refuses %s', (_, Resources, message) => {
    expect(() => run({ Resources })).toThrow(message);
  });

  it('reads and leaves what is only declared', () => {
    const { resources } = run({ Resources: { A: Thing({ Tags: [1], Part: { Size: 1, Colour: 'red' } }) } });

    expect(resources[0]?.properties).toEqual({ Part: { Size: 1 } });
  });
});

describe('the types of the real thing', () => {
  it('refuse a property that nobody has thought of, by name', () => {
    const Resources = {
      Events: { Type: 'AWS::Kinesis::Stream', Properties: { ShardCount: 1, MaxRecordSizeInKiB: 2048 } },
    };

    expect(() => evaluate(Template.parse({ Resources }), { place, types: RESOURCE_TYPES })).toThrow(
      'AWS::Kinesis::Stream Events: MaxRecordSizeInKiB is neither honoured, declared nor refused',
    );
  });

  it('give the same names and ARNs every time', () => {
    const Resources = {
      Events: { Type: 'AWS::Kinesis::Stream', Properties: { ShardCount: 1 } },
      Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'segments' } },
    };
    const once = () => evaluate(Template.parse({ Resources }), { place, types: RESOURCE_TYPES });

    expect(once()).toEqual(once());
    expect(once().resources[0]?.attributes.Arn).toBe(
      'arn:aws:kinesis:eu-west-3:000000000000:stream/Stack-Events',
    );
  });
});
