// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are CloudFormation's own placeholders
import { describe, expect, it } from 'vitest';
import { holds, mentions, NO_VALUE, resolve, type Scope } from '#local/template/intrinsics.ts';

const scope: Scope = {
  ref(name) {
    const known: Record<string, unknown> = { Table: 'people', Count: 3, 'AWS::Region': 'eu-west-1' };
    if (name === 'AWS::NoValue') return NO_VALUE;
    if (name in known) return known[name];
    throw new Error(`there is no ${name}`);
  },
  attribute: (logicalId, name) => `${logicalId}#${name}`,
  mapping: (map, first, second) => `${map}/${first}/${second}`,
  condition: (name) => name === 'Yes',
};
const resolved = (value: unknown) => resolve(value, scope, 'Thing');

describe('an intrinsic function', () => {
  it.each([
    ['Ref', { Ref: 'Table' }, 'people'],
    ['Fn::GetAtt of a list', { 'Fn::GetAtt': ['Table', 'Arn'] }, 'Table#Arn'],
    ['Fn::GetAtt of a path', { 'Fn::GetAtt': 'Table.Endpoint.Port' }, 'Table#Endpoint.Port'],
    ['Fn::Join', { 'Fn::Join': ['-', ['a', { Ref: 'Table' }, { Ref: 'Count' }]] }, 'a-people-3'],
    ['Fn::Split', { 'Fn::Split': ['/', 'a/b'] }, ['a', 'b']],
    ['Fn::Select', { 'Fn::Select': ['1', { 'Fn::Split': [':', 'a:b'] }] }, 'b'],
    [
      'Fn::Sub with references',
      { 'Fn::Sub': '${Table}.${AWS::Region}.${Table.Arn}' },
      'people.eu-west-1.Table#Arn',
    ],
    ['Fn::Sub with variables', { 'Fn::Sub': ['${a}-${Table}', { a: { Ref: 'Count' } }] }, '3-people'],
    ['Fn::Sub with a literal', { 'Fn::Sub': '${!Table}' }, '${Table}'],
    ['Fn::FindInMap', { 'Fn::FindInMap': ['Map', { Ref: 'AWS::Region' }, 'ami'] }, 'Map/eu-west-1/ami'],
    ['Fn::If that holds', { 'Fn::If': ['Yes', { Ref: 'Table' }, 'b'] }, 'people'],
    ['Fn::If that does not', { 'Fn::If': ['No', { Ref: 'Nowhere' }, 'b'] }, 'b'],
    ['one inside lists and objects', { a: [{ b: { Ref: 'Table' } }] }, { a: [{ b: 'people' }] }],
  ])('%s', (_, value, expected) => {
    expect(resolved(value)).toEqual(expected);
  });

  it('AWS::NoValue leaves out the property or the entry', () => {
    expect(resolved({ a: { Ref: 'AWS::NoValue' }, b: [1, { Ref: 'AWS::NoValue' }] })).toEqual({ b: [1] });
  });

  it.each([
    ['is not known', { a: [{ 'Fn::ImportValue': 'x' }] }, 'Thing.a[0]: Fn::ImportValue is not supported'],
    ['refers to nothing', { a: { Ref: 'Nowhere' } }, 'Thing.a: there is no Nowhere'],
    ['is malformed', { 'Fn::Join': 'a' }, 'Thing: not understood here: "a"'],
    ['reaches beyond its list', { 'Fn::Select': [2, ['a']] }, 'Thing: the list has no entry 2'],
  ])('that %s is an error with its place', (_, value, message) => {
    expect(() => resolved(value)).toThrow(message);
  });

  it('a policy condition is data, not a function', () => {
    const statement = { Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } };

    expect(resolved(statement)).toEqual(statement);
  });
});

describe('a condition', () => {
  it.each([
    [{ 'Fn::Equals': [{ Ref: 'Table' }, 'people'] }, true],
    [{ 'Fn::Equals': ['a', 'b'] }, false],
    [{ 'Fn::Not': [{ Condition: 'Yes' }] }, false],
    [{ 'Fn::And': [{ Condition: 'Yes' }, { 'Fn::Not': [{ Condition: 'No' }] }] }, true],
    [{ 'Fn::And': [{ Condition: 'Yes' }, { Condition: 'No' }] }, false],
    [{ 'Fn::Or': [{ Condition: 'No' }, { Condition: 'Yes' }] }, true],
    [{ Condition: 'Yes' }, true],
  ])('%j is %s', (condition, expected) => {
    expect(holds(condition, scope, 'Conditions.Tested')).toBe(expected);
  });
});

it('a value mentions what it refers to', () => {
  const value = { 'Fn::Join': ['', ['https://', { Ref: 'Api' }, { 'Fn::GetAtt': ['Other', 'Arn'] }]] };

  expect(mentions(value)).toEqual(['Api', 'Other']);
});
