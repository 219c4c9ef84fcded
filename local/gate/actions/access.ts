import type { AccessRequest, AwsCall } from '#local/gate/aws-call.ts';

/** What a call asks leave for, read from its body or path; `region` is the one that it was signed for. */
export type Access = (call: AwsCall, region: string) => readonly AccessRequest[];

/** Access by operation. An operation that is not in it is not ours, and the gate refuses it by name. */
export type AccessOfService = Readonly<Record<string, Access>>;
