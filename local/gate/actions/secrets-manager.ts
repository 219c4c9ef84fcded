import * as z from 'zod';
import { arn } from '#local/gate/arns.ts';
import { readBody } from '#local/services/json-service.ts';
import type { Access, AccessOfService } from './access.ts';

const OnSecret = z.object({ SecretId: z.string() });

const onSecret: Access = (call, region) => [
  {
    action: `secretsmanager:${call.operation}`,
    resource: arn('secretsmanager', region, 'secret:', readBody(call, OnSecret).SecretId),
  },
];

export const secretsManagerAccess: AccessOfService = { GetSecretValue: onSecret, DescribeSecret: onSecret };
