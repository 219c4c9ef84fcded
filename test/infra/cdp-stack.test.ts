import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ofType, resourcesOf, stageConfig, synthesize, TemplateJson } from './stack-template.ts';

const Statement = z.object({
  Action: z.union([z.string(), z.array(z.string())]),
  Resource: z.unknown(),
});
const Policy = z.object({ PolicyDocument: z.object({ Statement: z.array(Statement) }) });

describe('the stack', () => {
  const template = synthesize();
  const text = JSON.stringify(template.toJSON());

  it('passes the strict template validation and cdk-nag', () => {
    expect(() => synthesize({ strict: true })).not.toThrow();
  }, 60_000);

  it('is the same bytes each time', () => {
    expect(JSON.stringify(synthesize().toJSON())).toBe(text);
  });

  it('has room to grow under the 500 resources that CloudFormation allows', () => {
    expect(Object.keys(resourcesOf(template)).length).toBeLessThan(400);
  });

  it('names no region but its own: nothing leaves it', () => {
    const regions = text.match(/\b(?:us|eu|ap|sa|ca|me|af|il|mx|cn)-(?:gov-)?[a-z]+-\d\b/g) ?? [];

    expect(new Set(regions)).toEqual(new Set(['eu-west-3']));
  });

  it('holds no secret: the signing secret is made where it is deployed', () => {
    template.hasResourceProperties('AWS::SecretsManager::Secret', {
      GenerateSecretString: { PasswordLength: 64 },
    });
    expect(text).not.toContain('SecretString":"');
    expect(text).not.toContain('resolve:secretsmanager');
  });

  it('gives no role a pattern of actions', () => {
    const actions = ofType(template, 'AWS::IAM::Policy').flatMap(([, { Properties }]) =>
      Policy.parse(Properties).PolicyDocument.Statement.flatMap(({ Action }) => Action),
    );

    expect(actions.filter((action) => action.includes('*'))).toEqual([]);
    expect(
      ofType(template, 'AWS::IAM::Role').filter(([, { Properties }]) => Properties.ManagedPolicyArns),
    ).toEqual([]);
  });

  it('gives no function a grant on everything', () => {
    const roles = ofType(template, 'AWS::IAM::Policy').filter(([, { Properties }]) =>
      Policy.parse(Properties).PolicyDocument.Statement.some(({ Resource }) => Resource === '*'),
    );

    // log delivery and traces of state machines take no resource
    expect(roles.map(([id]) => id.replace(/[0-9A-F]{8}$/, ''))).toEqual([
      'ImportsMachineRoleDefaultPolicy',
      'ExportsMachineRoleDefaultPolicy',
      'EvaluationMachineRoleDefaultPolicy',
      'SendingMachineRoleDefaultPolicy',
    ]);
  });

  it('tells what a user of it must know', () => {
    expect(Object.keys(TemplateJson.parse(template.toJSON()).Outputs)).toEqual([
      'CollectUrl',
      'AdminUrl',
      'UserPoolId',
      'UserPoolClientId',
      'EventsStream',
      'PeopleTable',
      'IdentitiesTable',
      'AudiencesTable',
      'CatalogTable',
      'ImportsBucket',
      'ExportsBucket',
      'QuarantineBucket',
    ]);
  });

  it('sends alarms to an address where the stage has one', () => {
    const alarmed = synthesize({ config: stageConfig({ alarmEmail: 'crm@example.com' }) });

    template.resourceCountIs('AWS::SNS::Topic', 0);
    alarmed.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'email',
      Endpoint: 'crm@example.com',
    });
    for (const [, { Properties }] of ofType(alarmed, 'AWS::CloudWatch::Alarm')) {
      expect(Properties.AlarmActions).toHaveLength(1);
    }
  });
});
