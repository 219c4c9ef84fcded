import * as z from 'zod';
import { arnOf, digest, nameOf, resourceType } from './resource-type.ts';

export const secretsManagerSecret = resourceType({
  type: 'AWS::SecretsManager::Secret',
  properties: z.strictObject({
    Name: z.string().optional(),
    GenerateSecretString: z.strictObject({
      PasswordLength: z.int().positive().optional(),
      ExcludePunctuation: z.boolean().optional(),
    }),
    KmsKeyId: z.string().optional(),
  }),
  declared: { Description: 'for people', Tags: 'nothing reads tags here' },
  refused: {
    SecretString: 'a secret in the template is none',
    ReplicaRegions: 'one machine is one region',
  },

  identify({ logicalId, properties }, place) {
    const name = properties.Name ?? nameOf(place, logicalId, 200);
    const arn = arnOf(place, 'secretsmanager', `secret:${name}-${digest(name).slice(0, 6)}`);
    return { ref: arn, attributes: { Id: arn } };
  },
  encryptionKey: ({ KmsKeyId }) => KmsKeyId,
  create({ logicalId, ref, properties }, { secrets }, place) {
    secrets.createSecret({
      arn: ref,
      name: properties.Name ?? nameOf(place, logicalId, 200),
      ...(properties.GenerateSecretString.PasswordLength !== undefined && {
        length: properties.GenerateSecretString.PasswordLength,
      }),
      ...(properties.GenerateSecretString.ExcludePunctuation !== undefined && {
        excludePunctuation: properties.GenerateSecretString.ExcludePunctuation,
      }),
    });
  },
});
