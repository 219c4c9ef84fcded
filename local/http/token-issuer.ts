import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
} from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { authorizeJwt, type JwtAuthorizer } from './jwt-authorizer.ts';

/** Stands for the user pool on one machine: signs tokens as Cognito would after a sign-in. */
export interface TokenIssuer {
  readonly publicKey: KeyObject;
  /** A token of an operator in the group `admin`, kept in a file and the same after a restart. */
  adminToken(authorizer: JwtAuthorizer): Promise<string>;
}

const VALID_FOR = '1 year';

/** Opens the issuer whose key lies in a directory; makes the key on first use. */
export function openTokenIssuer({ dir }: { readonly dir: string }): TokenIssuer {
  mkdirSync(dir, { recursive: true });
  const privateKey = readOrMakeKey(join(dir, 'token-key.pem'));
  const publicKey = createPublicKey(privateKey);

  return {
    publicKey,
    async adminToken(authorizer) {
      const file = join(dir, 'admin-token');
      const earlier = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
      const check = await authorizeJwt(earlier, { authorizer, scopes: [], key: publicKey });
      if (check.allowed) return earlier;

      const token = await sign(authorizer, privateKey);
      writeFileSync(file, `${token}\n`, { mode: 0o600 });
      return token;
    },
  };
}

function readOrMakeKey(file: string): KeyObject {
  if (existsSync(file)) return createPrivateKey(readFileSync(file));
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  return privateKey;
}

/** An id token's claims: https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-id-token.html */
function sign({ issuer, audience }: JwtAuthorizer, key: KeyObject): Promise<string> {
  return new SignJWT({
    'cognito:groups': ['admin'],
    'cognito:username': 'local-operator',
    email: 'operator@example.com',
    token_use: 'id',
  })
    .setProtectedHeader({ alg: 'RS256' })
    .setIssuer(issuer)
    .setAudience(audience[0] ?? '')
    .setSubject(randomUUID())
    .setIssuedAt()
    .setExpirationTime(VALID_FOR)
    .sign(key);
}
