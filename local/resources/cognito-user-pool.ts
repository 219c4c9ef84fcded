import * as z from 'zod';
import { arnOf, digest, resourceType } from './resource-type.ts';

/** Nobody signs in on one machine: the local issuer's tokens name the pool, and its settings are for AWS. */
const ON_AWS = 'nobody signs in here: tokens come from the local issuer';

export const cognitoUserPool = resourceType({
  type: 'AWS::Cognito::UserPool',
  properties: z.strictObject({}),
  declared: {
    AccountRecoverySetting: ON_AWS,
    AdminCreateUserConfig: ON_AWS,
    AliasAttributes: ON_AWS,
    AutoVerifiedAttributes: ON_AWS,
    DeletionProtection: 'only --fresh deletes',
    EmailVerificationMessage: ON_AWS,
    EmailVerificationSubject: ON_AWS,
    EnabledMfas: ON_AWS,
    MfaConfiguration: ON_AWS,
    Policies: ON_AWS,
    Schema: ON_AWS,
    SmsVerificationMessage: ON_AWS,
    UserPoolAddOns: ON_AWS,
    UserPoolName: 'for people',
    UserPoolTags: 'nothing reads tags here',
    UserPoolTier: 'a price',
    UsernameAttributes: ON_AWS,
    UsernameConfiguration: ON_AWS,
    VerificationMessageTemplate: ON_AWS,
  },
  refused: { LambdaConfig: 'nobody signs in here, so no trigger would ever run' },

  identify({ logicalId }, place) {
    const id = `${place.region}_${digest(`${place.stackName}/${logicalId}`).slice(0, 9)}`;
    return {
      ref: id,
      attributes: {
        Arn: arnOf(place, 'cognito-idp', `userpool/${id}`),
        ProviderName: `cognito-idp.${place.region}.amazonaws.com/${id}`,
        ProviderURL: `https://cognito-idp.${place.region}.amazonaws.com/${id}`,
        UserPoolId: id,
      },
    };
  },
});

export const cognitoUserPoolClient = resourceType({
  type: 'AWS::Cognito::UserPoolClient',
  properties: z.strictObject({ UserPoolId: z.string() }),
  declared: {
    AccessTokenValidity: ON_AWS,
    AllowedOAuthFlows: ON_AWS,
    AllowedOAuthFlowsUserPoolClient: ON_AWS,
    AllowedOAuthScopes: ON_AWS,
    AuthSessionValidity: ON_AWS,
    CallbackURLs: ON_AWS,
    ClientName: 'for people',
    EnableTokenRevocation: ON_AWS,
    ExplicitAuthFlows: ON_AWS,
    GenerateSecret: ON_AWS,
    IdTokenValidity: ON_AWS,
    LogoutURLs: ON_AWS,
    PreventUserExistenceErrors: ON_AWS,
    ReadAttributes: ON_AWS,
    RefreshTokenValidity: ON_AWS,
    SupportedIdentityProviders: ON_AWS,
    TokenValidityUnits: ON_AWS,
    WriteAttributes: ON_AWS,
  },

  identify({ logicalId }, place) {
    const id = digest(`${place.stackName}/${logicalId}`).slice(0, 26);
    return { ref: id, attributes: { ClientId: id } };
  },
});

export const cognitoUserPoolGroup = resourceType({
  type: 'AWS::Cognito::UserPoolGroup',
  properties: z.strictObject({ GroupName: z.string(), UserPoolId: z.string() }),
  declared: { Description: 'for people', Precedence: ON_AWS },
  refused: { RoleArn: 'nobody takes on a role by a group here' },

  identify: ({ properties }) => ({ ref: properties.GroupName, attributes: {} }),
});
