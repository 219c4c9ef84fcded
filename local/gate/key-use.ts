import type { AccessRequest } from './aws-call.ts';

/**
 * What each service does with the key of an encrypted resource in its caller's name.
 *
 * DynamoDB reads the table's key for writes as for reads (https://github.com/aws/aws-cdk/issues/10010);
 * Kinesis: https://docs.aws.amazon.com/streams/latest/dev/permissions-user-key-KMS.html;
 * S3: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html;
 * Secrets Manager: https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
 */
const KEY_USES: readonly (readonly [action: RegExp, keyAction: string])[] = [
  [/^dynamodb:(?!Describe|List|GetShardIterator)/, 'kms:Decrypt'],
  [/^kinesis:PutRecords?$/, 'kms:GenerateDataKey'],
  [/^kinesis:(GetRecords|SubscribeToShard)$/, 'kms:Decrypt'],
  [/^s3:PutObject$/, 'kms:GenerateDataKey'],
  [/^s3:GetObject$/, 'kms:Decrypt'],
  [/^secretsmanager:GetSecretValue$/, 'kms:Decrypt'],
];

/**
 * A request with the uses of a KMS key that it implies, all of which the caller must be allowed.
 *
 * A use that is asked for outright, on the encrypted resource, becomes one of its key; without a key it falls away.
 */
export function withKeyUse(
  request: AccessRequest,
  keyOf: (resourceArn: string) => string | undefined,
): readonly AccessRequest[] {
  const outright = request.action.startsWith('kms:') && !request.resource.startsWith('arn:aws:kms:');
  const uses = outright
    ? [request.action]
    : KEY_USES.filter(([action]) => action.test(request.action)).map(([, keyAction]) => keyAction);
  const asked = outright ? [] : [request];
  const key = uses.length === 0 ? undefined : keyOf(encryptedResource(request.resource));
  if (key === undefined) return asked;
  const [, , , region] = key.split(':');
  const [service] = (outright ? request.resource.slice('arn:aws:'.length) : request.action).split(':');
  const context = { 'kms:ViaService': `${service}.${region}.amazonaws.com` };
  return [...asked, ...uses.map((action) => ({ action, resource: key, context }))];
}

/** The table of an index or stream, the bucket of an object: the resource that a key belongs to. */
function encryptedResource(arn: string): string {
  if (arn.startsWith('arn:aws:s3:::')) return arn.split('/', 1)[0] ?? arn;
  if (arn.includes(':table/')) return arn.split('/').slice(0, 2).join('/');
  return arn;
}
