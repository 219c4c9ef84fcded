import { describe, expect, it } from 'vitest';
import { ADMIN_ROUTES } from '#functions/admin/routes.ts';
import { ofType, stageConfig, synthesize } from './stack-template.ts';

describe('the doors', () => {
  const template = synthesize();
  const routes = ofType(template, 'AWS::ApiGatewayV2::Route').map(([, { Properties }]) => Properties);
  const openRoutes = routes.filter(({ AuthorizationType }) => AuthorizationType === 'NONE');

  it('that stand open are these and no others', () => {
    expect(openRoutes.map(({ RouteKey }) => RouteKey)).toMatchInlineSnapshot(`
      [
        "GET /{proxy+}",
        "POST /{proxy+}",
        "GET /u/{token}",
        "POST /u/{token}",
      ]
    `);
  });

  it('of the Admin API all ask for a token of our own user pool', () => {
    const guarded = routes.filter((route) => !openRoutes.includes(route));

    expect(guarded.map(({ AuthorizationType }) => AuthorizationType)).toEqual(guarded.map(() => 'JWT'));
    expect(guarded.map(({ RouteKey }) => RouteKey)).toEqual(
      ADMIN_ROUTES.map(({ method, path }) => `${method} ${path}`),
    );
    template.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      AuthorizerType: 'JWT',
      JwtConfiguration: { Audience: [{ Ref: 'AdminUsersPoolClientD67FA5ED' }] },
    });
  });

  it('log routes, not paths, addresses or queries', () => {
    for (const [, { Properties }] of ofType(template, 'AWS::ApiGatewayV2::Stage')) {
      const { AccessLogSettings } = Properties;
      expect(JSON.stringify(AccessLogSettings)).toContain('$context.routeKey');
      expect(JSON.stringify(AccessLogSettings)).not.toMatch(
        /context\.(path|identity|authorizer)|querystring/i,
      );
    }
  });

  it('pass on more than the stream takes, so that the function refuses first and says when to come again', () => {
    const rateOf = (settings: object) => {
      const stages = ofType(synthesize({ config: stageConfig({ ...settings }) }), 'AWS::ApiGatewayV2::Stage');
      const collect = stages.find(([id]) => id.startsWith('CollectApi'));
      return collect?.[1].Properties.DefaultRouteSettings;
    };
    const throttling = { requestsPerSecond: 7, burst: 3 };

    expect(rateOf({})).toMatchObject({ ThrottlingRateLimit: 2_000, ThrottlingBurstLimit: 2_000 });
    expect(rateOf({ stream: { mode: 'provisioned', shards: 20 } })).toMatchObject({
      ThrottlingRateLimit: 10_000,
      ThrottlingBurstLimit: 5_000,
    });
    expect(rateOf({ stream: { mode: 'on-demand' } })).toMatchObject({ ThrottlingRateLimit: 10_000 });
    expect(rateOf({ throttling })).toMatchObject({ ThrottlingRateLimit: 7, ThrottlingBurstLimit: 3 });
  });

  it('let no user write the market or brand that they may see', () => {
    template.hasResourceProperties('AWS::Cognito::UserPoolClient', { WriteAttributes: ['email'] });
    template.hasResourceProperties('AWS::Cognito::UserPool', {
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
    });
    expect(
      ofType(template, 'AWS::Cognito::UserPoolGroup').map(([, { Properties }]) => Properties.GroupName),
    ).toEqual(['viewer', 'marketer', 'admin']);
  });
});
