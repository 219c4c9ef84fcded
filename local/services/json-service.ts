import type * as z from 'zod';
import { type AwsCall, AwsError, type AwsService } from '#local/gate/aws-call.ts';

/** What one operation answers, from a call whose body it reads with {@link readBody}. */
type Operation = (call: AwsCall) => unknown;

/**
 * A service that speaks JSON, RPC or REST alike: an operation's result is the body of a 200.
 *
 * An operation that is not emulated is an error that names it, as an unknown one is on AWS.
 */
export function jsonService(operations: Readonly<Record<string, Operation>>): AwsService {
  return async function answer(call) {
    const operation = Object.hasOwn(operations, call.operation) ? operations[call.operation] : undefined;
    if (operation === undefined) {
      throw new AwsError(
        'UnknownOperationException',
        `${call.service}:${call.operation} is not emulated here`,
      );
    }
    const body = await operation(call);
    const contentType = call.headers['content-type'] ?? 'application/json';
    return { status: 200, headers: { 'content-type': contentType }, body: JSON.stringify(body ?? {}) };
  };
}

/**
 * The body of a call, checked.
 *
 * @throws {AwsError} with `code` for what does not fit, naming the member as AWS's own validation does.
 */
export function readBody<Schema extends z.ZodType>(
  call: AwsCall,
  schema: Schema,
  code = 'ValidationException',
): z.infer<Schema> {
  const parsed = schema.safeParse(parseJson(call.body.toString('utf8') || '{}'));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const member = issue?.path.join('.') || 'request';
  throw new AwsError(code, `1 validation error detected: ${member}: ${issue?.message ?? 'is not valid'}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new AwsError('SerializationException', 'the request body is not JSON');
  }
}
