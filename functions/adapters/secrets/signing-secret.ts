import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** Gives the key that links are signed with. */
export type SigningSecret = () => Promise<Uint8Array>;

/** HS256 asks for a key as long as its hash. https://www.rfc-editor.org/rfc/rfc7518#section-3.2 */
const MIN_BYTES = 32;

/**
 * Reads the key once a container. A failed read is not kept, so that the next call tries again.
 *
 * @throws {Error} when the secret holds less than 32 bytes.
 */
export function signingSecret(client: SecretsManagerClient, secretId: string): SigningSecret {
  let key: Promise<Uint8Array> | undefined;

  const read = async (): Promise<Uint8Array> => {
    const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
    const bytes = new TextEncoder().encode(SecretString);
    if (bytes.length < MIN_BYTES) throw new Error(`the signing secret has less than ${MIN_BYTES} bytes`);
    return bytes;
  };

  return () => {
    key ??= read().catch((error: unknown) => {
      key = undefined;
      throw error;
    });
    return key;
  };
}
