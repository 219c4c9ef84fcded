import { describe, expect, it } from 'vitest';
import { policiesOf } from '#local/resources/iam-policy.ts';
import { permissionsOf } from '#local/resources/lambda-permission.ts';
import { RESOURCE_TYPES } from '#local/resources/resource-types.ts';
import { Template } from '#local/template/assembly.ts';
import { evaluate } from '#local/template/evaluate.ts';

const place = {
  stackName: 'S',
  region: 'eu-west-3',
  account: '000000000000',
  assets: new Map(),
  apiUrls: new Map(),
};
const run = (Resources: object) =>
  evaluate(Template.parse({ Resources }), { place, types: RESOURCE_TYPES }).resources;

const document = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });
const allow = (Action: string, rest: object = { Resource: '*' }) => ({ Effect: 'Allow', Action, ...rest });
const root = allow('kms:*', { Principal: { AWS: 'arn:aws:iam::000000000000:root' }, Resource: '*' });
const role = (Properties: object = {}) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: document(
      allow('sts:AssumeRole', { Principal: { Service: 'lambda.amazonaws.com' } }),
    ),
    ...Properties,
  },
});
const key = (...statements: object[]) => ({
  Type: 'AWS::KMS::Key',
  Properties: { KeyPolicy: document(root, ...statements) },
});
const actionsOf = (Resources: object) =>
  [...policiesOf(run(Resources)).values()].flat().map(({ Action, Resource }) => [Action, Resource]);

describe('what a role may do', () => {
  it('stands in itself, in policies beside it, in managed ones and in the policies of keys', () => {
    const keyUse = allow('kms:Decrypt', {
      Principal: { AWS: { 'Fn::GetAtt': ['Role', 'Arn'] } },
      Resource: '*',
    });

    const actions = actionsOf({
      Role: role({
        ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'],
        Policies: [{ PolicyName: 'inline', PolicyDocument: document(allow('s3:GetObject')) }],
      }),
      Beside: {
        Type: 'AWS::IAM::Policy',
        Properties: {
          PolicyName: 'p',
          PolicyDocument: document(allow('s3:PutObject')),
          Roles: [{ Ref: 'Role' }],
        },
      },
      Managed: {
        Type: 'AWS::IAM::ManagedPolicy',
        Properties: { PolicyDocument: document(allow('s3:ListBucket')), Roles: [{ Ref: 'Role' }] },
      },
      Key: key(keyUse),
    });

    expect(actions).toEqual([
      [['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'], ['*']],
      [['s3:GetObject'], ['*']],
      [['s3:PutObject'], ['*']],
      [['s3:ListBucket'], ['*']],
      [['kms:Decrypt'], [expect.stringMatching(/^arn:aws:kms:eu-west-3:000000000000:key\//)]],
    ]);
  });

  it('is nothing of another role', () => {
    const policies = policiesOf(
      run({
        A: role({ Policies: [{ PolicyName: 'p', PolicyDocument: document(allow('s3:*')) }] }),
        B: role(),
      }),
    );

    expect(policies.get('arn:aws:iam::000000000000:role/S-A')).toHaveLength(1);
    expect(policies.get('arn:aws:iam::000000000000:role/S-B')).toEqual([]);
  });

  it.each([
    [
      'a managed policy nobody knows',
      { Role: role({ ManagedPolicyArns: ['arn:aws:iam::aws:policy/Other'] }) },
      'is not known here',
    ],
    [
      'a permissions boundary',
      { Role: role({ PermissionsBoundary: 'arn' }) },
      'PermissionsBoundary is refused',
    ],
    [
      'a key that leaves nothing to roles',
      { Key: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: document() } } },
      "no role's own policy would count",
    ],
    [
      'a bucket that denies more than plain HTTP',
      {
        Policy: {
          Type: 'AWS::S3::BucketPolicy',
          Properties: {
            Bucket: 'b',
            PolicyDocument: document({ Effect: 'Deny', Action: 's3:*', Principal: '*', Resource: '*' }),
          },
        },
      },
      'of denials only that of plain HTTP',
    ],
  ])('cannot be told with %s', (_, Resources, message) => {
    expect(() => run(Resources)).toThrow(message);
  });
});

describe('a permission to invoke', () => {
  const FUNCTION = 'arn:aws:lambda:eu-west-3:000000000000:function:f';
  const API = 'arn:aws:execute-api:eu-west-3:000000000000:abc';
  const permission = (FunctionName: string) => ({
    Type: 'AWS::Lambda::Permission',
    Properties: {
      Action: 'lambda:InvokeFunction',
      FunctionName,
      Principal: 'apigateway.amazonaws.com',
      SourceArn: `${API}/*/*/v1/{proxy+}`,
    },
  });
  const asked = {
    functionArn: FUNCTION,
    service: 'apigateway.amazonaws.com',
    sourceArn: `${API}/$default/GET/v1/{proxy+}`,
  };

  it.each([
    ['by ARN', FUNCTION, {}, true],
    ['by name', 'f', {}, true],
    ['of another function', 'g', {}, false],
    ['asked by another service', FUNCTION, { service: 'events.amazonaws.com' }, false],
    ['asked for another source', FUNCTION, { sourceArn: `${API}/$default/GET/v2` }, false],
    ['asked for a version', FUNCTION, { functionArn: `${FUNCTION}:$LATEST` }, true],
  ])('%s', (_, name, asking, expected) => {
    const mayInvoke = permissionsOf(run({ Permission: permission(name) }));

    expect(mayInvoke({ ...asked, ...asking })).toBe(expected);
  });
});
