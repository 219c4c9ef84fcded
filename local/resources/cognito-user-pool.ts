import * as z from 'zod';
import { arnOf, digest, resourceType } from './resource-type.ts';

/** Nobody signs in on one machine: the local issuer's tokens name the pool, and its settings are for AWS. */
const ON_AWS = 'nobody signs in here: tokens come from the local issuer';
const onAws = (...settings: readonly string[]) =>
  Object.fromEntries(settings.map((setting) => [setting, ON_AWS]));

export const cognitoUserPool = resourceType({
  type: 'AWS::Cognito::UserPool',
  properties: z.strictObject({}),
  declared: {
    ...onAws('AccountRecoverySetting', 'AdminCreateUserConfig', 'AliasAttributes', 'AutoVerifiedAttributes'),
    DeletionProtection: 'only --fresh deletes',
    ...onAws(
      'EmailVerificationMessage',
      'EmailVerificationSubject',
      'EnabledMfas',
      'MfaConfiguration',
      'Policies',
      'Schema',
      'SmsVerificationMessage',
      'UserPoolAddOns',
    ),
    UserPoolName: 'for people',
    UserPoolTags: 'nothing reads tags here',
    UserPoolTier: 'a price',
    ...onAws('UsernameAttributes', 'UsernameConfiguration', 'VerificationMessageTemplate'),
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
    ...onAws(
      'AccessTokenValidity',
      'AllowedOAuthFlows',
      'AllowedOAuthFlowsUserPoolClient',
      'AllowedOAuthScopes',
      'AuthSessionValidity',
      'CallbackURLs',
    ),
    ClientName: 'for people',
    ...onAws(
      'EnableTokenRevocation',
      'ExplicitAuthFlows',
      'GenerateSecret',
      'IdTokenValidity',
      'LogoutURLs',
      'PreventUserExistenceErrors',
      'ReadAttributes',
      'RefreshTokenValidity',
      'SupportedIdentityProviders',
      'TokenValidityUnits',
      'WriteAttributes',
    ),
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
