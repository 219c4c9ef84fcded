import { ACCOUNT } from './arns.ts';
import { AwsError, type AwsReply, type AwsService } from './aws-call.ts';
import { tags, xml } from './xml.ts';

/** STS, as far as the AWS CLI asks it: who am I? It needs no permission, on AWS as here. */
export const callerIdentity: AwsService = async function callerIdentity(call): Promise<AwsReply> {
  if (call.operation !== 'GetCallerIdentity') {
    throw new AwsError('UnknownOperationException', `sts:${call.operation} is not emulated here`);
  }
  const name = call.caller.kind === 'operator' ? 'user/operator' : `assumed-role/${call.caller.name}`;
  const service = call.caller.kind === 'operator' ? 'iam' : 'sts';
  const identity = tags({ Arn: `arn:aws:${service}::${ACCOUNT}:${name}`, UserId: name, Account: ACCOUNT });
  return xml(
    200,
    `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>${identity}</GetCallerIdentityResult></GetCallerIdentityResponse>`,
  );
};
