/** The account that everything runs in on one machine. */
export const ACCOUNT = '000000000000';

/** An ARN in that account; what is an ARN already stays as it is, since most APIs take a name or an ARN. */
export function arn(service: string, region: string, kind: string, nameOrArn: string): string {
  return nameOrArn.startsWith('arn:')
    ? nameOrArn
    : `arn:aws:${service}:${region}:${ACCOUNT}:${kind}${nameOrArn}`;
}
