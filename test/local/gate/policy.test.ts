import { describe, expect, it } from 'vitest';
import { AwsError } from '#local/gate/aws-call.ts';
import { createAuthorize, PolicyStatement } from '#local/gate/policy.ts';

const TABLE = 'arn:aws:dynamodb:eu-west-1:000000000000:table/people';
const KEY = 'arn:aws:kms:eu-west-1:000000000000:key/1234';

/** What a function with these statements is told when it asks; `allowed` for nothing. */
function ask(
  statements: readonly unknown[],
  action: string,
  resource: string,
  o: { context?: Record<string, string>; keyOf?: (arn: string) => string | undefined } = {},
): string {
  const authorize = createAuthorize({
    policies: new Map([['R1', statements.map((statement) => PolicyStatement.parse(statement))]]),
    nameOf: () => 'ApplyEventsRole',
    keyOf: o.keyOf ?? (() => undefined),
  });
  const caller = { kind: 'role', roleId: 'R1', name: 'apply-events' } as const;
  try {
    authorize(caller, [{ action, resource, ...(o.context && { context: o.context }) }]);
    return 'allowed';
  } catch (error) {
    if (error instanceof AwsError) return error.message;
    throw error;
  }
}

const allow = (Action: string | string[], Resource: string | string[] = '*', more = {}) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});
const DENIED = expect.stringContaining('is not authorized to perform');

describe('what a role may do', () => {
  it('names the function, its role, the action and the resource in a denial, as AWS does', () => {
    const answer = ask([allow('dynamodb:GetItem', TABLE)], 'dynamodb:PutItem', TABLE);

    expect(answer).toBe(
      `User: apply-events (ApplyEventsRole) is not authorized to perform: dynamodb:PutItem on resource: ${TABLE} because no identity-based policy allows the dynamodb:PutItem action`,
    );
  });

  it('lets an explicit deny win over any allow', () => {
    const statements = [allow('*'), { Effect: 'Deny', Action: 'dynamodb:Delete*', Resource: TABLE }];

    expect(ask(statements, 'dynamodb:PutItem', TABLE)).toBe('allowed');
    expect(ask(statements, 'dynamodb:DeleteItem', TABLE)).toContain(
      'with an explicit deny in an identity-based policy',
    );
  });

  it('denies a role that it does not know', () => {
    const authorize = createAuthorize({ policies: new Map(), nameOf: (id) => id, keyOf: () => undefined });

    expect(() =>
      authorize({ kind: 'role', roleId: 'R9', name: 'stranger' }, [{ action: 'a:B', resource: '*' }]),
    ).toThrow('stranger (R9) is not authorized');
  });

  it('lets the operator do everything', () => {
    const authorize = createAuthorize({ policies: new Map(), nameOf: (id) => id, keyOf: () => undefined });

    expect(() => authorize({ kind: 'operator' }, [{ action: 'a:B', resource: '*' }])).not.toThrow();
  });

  it.each([
    ['the action by wildcard', allow('dynamodb:*Item'), 'dynamodb:PutItem', TABLE, 'allowed'],
    ['the action in any case', allow('DynamoDB:putitem'), 'dynamodb:PutItem', TABLE, 'allowed'],
    ['one character by ?', allow('dynamodb:?utItem'), 'dynamodb:PutItem', TABLE, 'allowed'],
    ['no dot for any character', allow('dynamodb.PutItem'), 'dynamodb:PutItem', TABLE, DENIED],
    ['the resource in its own case only', allow('*', TABLE.toUpperCase()), 'dynamodb:PutItem', TABLE, DENIED],
    ['a table, not its index', allow('*', TABLE), 'dynamodb:Query', `${TABLE}/index/by-n`, DENIED],
    [
      'an index by wildcard',
      allow('*', `${TABLE}/index/*`),
      'dynamodb:Query',
      `${TABLE}/index/by-n`,
      'allowed',
    ],
    [
      'no wildcard across parts of the ARN',
      allow('*', 'arn:aws:x:*:1:t'),
      'x:Y',
      'arn:aws:x:a:b:1:t',
      DENIED,
    ],
    [
      'a region by wildcard',
      allow('*', 'arn:aws:dynamodb:*:000000000000:table/people'),
      'x:Y',
      TABLE,
      'allowed',
    ],
    [
      'colons in the last part',
      allow('*', 'arn:aws:states:eu-west-1:000000000000:execution:runs:*'),
      'states:StopExecution',
      'arn:aws:states:eu-west-1:000000000000:execution:runs:id:1',
      'allowed',
    ],
    [
      'everything but NotAction',
      { Effect: 'Allow', NotAction: 's3:*', Resource: '*' },
      'sqs:A',
      '*',
      'allowed',
    ],
    ['nothing of NotAction', { Effect: 'Allow', NotAction: 's3:*', Resource: '*' }, 's3:A', '*', DENIED],
    ['nothing of NotResource', { Effect: 'Allow', Action: '*', NotResource: TABLE }, 'a:B', TABLE, DENIED],
  ])('matches %s', (_name, statement, action, resource, expected) => {
    expect(ask([statement], action, resource)).toEqual(expected);
  });

  it.each([
    ['StringEquals', { 's3:prefix': 'a/' }, 'a/', 'b/'],
    ['StringNotEquals', { 's3:prefix': 'b/' }, 'a/', 'b/'],
    ['StringLike', { 's3:prefix': ['x', 'a/*'] }, 'a/b', 'b/'],
    ['StringNotLike', { 's3:prefix': 'b*' }, 'a', 'bc'],
    ['StringEqualsIgnoreCase', { 'S3:Prefix': 'A' }, 'a', 'b'],
    ['ArnLike', { 's3:prefix': 'arn:aws:s3:::a*' }, 'arn:aws:s3:::ab', 'arn:aws:s3:::b'],
    ['NumericLessThan', { 's3:prefix': 10 }, '9', '11'],
    ['Bool', { 's3:prefix': true }, 'true', 'false'],
    ['Null', { 's3:prefix': 'false' }, 'there', undefined],
    ['StringEqualsIfExists', { 's3:prefix': 'a' }, undefined, 'b'],
    ['StringNotEquals', { 's3:prefix': 'b' }, undefined, 'b'],
    ['StringEquals', { 's3:prefix': 'b' }, 'b', undefined],
  ])('holds a statement to its condition %s %j', (operator, condition, holds, fails) => {
    const statement = allow('s3:ListBucket', '*', { Condition: { [operator]: condition } });
    const of = (value: string | undefined) =>
      ask([statement], 's3:ListBucket', '*', value === undefined ? {} : { context: { 's3:prefix': value } });

    expect(of(holds)).toBe('allowed');
    expect(of(fails)).toEqual(DENIED);
  });

  it('takes every call to come over TLS, as it does on AWS', () => {
    const deny = {
      Effect: 'Deny',
      Action: '*',
      Resource: '*',
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    };

    expect(ask([allow('*'), deny], 's3:GetObject', '*')).toBe('allowed');
  });
});

describe('what is not evaluated is refused at start', () => {
  it.each([
    [
      'a condition operator',
      allow('*', '*', { Condition: { DateGreaterThan: { 's3:prefix': 'x' } } }),
      'DateGreaterThan',
    ],
    [
      'a set operator',
      allow('*', '*', { Condition: { 'ForAllValues:StringEquals': { 's3:prefix': 'x' } } }),
      'ForAllValues',
    ],
    [
      'a condition key',
      allow('*', '*', { Condition: { StringEquals: { 'aws:PrincipalOrgID': 'x' } } }),
      'aws:PrincipalOrgID',
    ],
    ['a policy variable', allow('*', ['arn:aws:s3:::b/$', '{aws:username}'].join('')), 'policy variables'],
    ['what is no ARN', allow('*', 'arn:aws:dynamodb:*:table/people'), 'not an ARN'],
    ['a principal', { ...allow('*'), Principal: '*' }, 'Principal'],
    ['no action', { Effect: 'Allow', Resource: '*' }, 'either Action or NotAction'],
    ['both resources', { ...allow('*'), NotResource: '*' }, 'either Resource or NotResource'],
  ])('%s', (_name, statement, reason) => {
    expect(() => ask([statement], 'a:B', '*')).toThrow(reason);
  });
});

describe('an encrypted resource', () => {
  const keyOf = (resource: string) =>
    resource.endsWith('people') || resource.endsWith('exports') ? KEY : undefined;
  const viaDynamoDb = {
    Condition: { StringEquals: { 'kms:ViaService': 'dynamodb.eu-west-1.amazonaws.com' } },
  };

  it.each([
    ['dynamodb:PutItem', TABLE, 'kms:Decrypt'],
    ['dynamodb:Query', `${TABLE}/index/by-n`, 'kms:Decrypt'],
    ['kinesis:PutRecords', 'arn:aws:kinesis:eu-west-1:000000000000:stream/people', 'kms:GenerateDataKey'],
    ['kinesis:GetRecords', 'arn:aws:kinesis:eu-west-1:000000000000:stream/people', 'kms:Decrypt'],
    ['s3:PutObject', 'arn:aws:s3:::exports/a/b.csv', 'kms:GenerateDataKey'],
    ['s3:GetObject', 'arn:aws:s3:::exports/a/b.csv', 'kms:Decrypt'],
    [
      'secretsmanager:GetSecretValue',
      'arn:aws:secretsmanager:eu-west-1:000000000000:secret:people',
      'kms:Decrypt',
    ],
  ])('needs its key for %s', (action, resource, keyAction) => {
    const [service = ''] = action.split(':');

    expect(ask([allow(`${service}:*`)], action, resource, { keyOf })).toContain(
      `perform: ${keyAction} on resource: ${KEY}`,
    );
    expect(ask([allow(`${service}:*`), allow(keyAction, KEY)], action, resource, { keyOf })).toBe('allowed');
  });

  it('needs no key for what does not touch the data', () => {
    expect(ask([allow('dynamodb:*')], 'dynamodb:DescribeTable', TABLE, { keyOf })).toBe('allowed');
    expect(ask([allow('s3:*')], 's3:ListBucket', 'arn:aws:s3:::exports', { keyOf })).toBe('allowed');
  });

  it('is used through its service', () => {
    const statements = [allow(['dynamodb:*', 's3:*']), allow('kms:*', KEY, viaDynamoDb)];

    expect(ask(statements, 'dynamodb:GetItem', TABLE, { keyOf })).toBe('allowed');
    expect(ask(statements, 's3:GetObject', 'arn:aws:s3:::exports/a', { keyOf })).toEqual(DENIED);
  });

  it('has its key asked for outright by the parts of an upload', () => {
    expect(ask([], 'kms:Decrypt', 'arn:aws:s3:::exports/a', { keyOf })).toContain(`on resource: ${KEY}`);
    expect(ask([], 'kms:Decrypt', 'arn:aws:s3:::plain/a', { keyOf })).toBe('allowed');
  });
});
