import { s3Operation } from './actions/s3.ts';

/** The operations of the services that speak REST and JSON. */
const ROUTES: Readonly<
  Record<string, readonly (readonly [method: string, path: RegExp, operation: string])[]>
> = {
  scheduler: [
    ['GET', /^\/schedules$/, 'ListSchedules'],
    ['POST', /^\/schedules\/[^/]+$/, 'CreateSchedule'],
    ['PUT', /^\/schedules\/[^/]+$/, 'UpdateSchedule'],
    ['GET', /^\/schedules\/[^/]+$/, 'GetSchedule'],
    ['DELETE', /^\/schedules\/[^/]+$/, 'DeleteSchedule'],
    ['GET', /^\/schedule-groups$/, 'ListScheduleGroups'],
    ['GET', /^\/schedule-groups\/[^/]+$/, 'GetScheduleGroup'],
  ],
  ses: [
    ['POST', /^\/v2\/email\/outbound-emails$/, 'SendEmail'],
    ['POST', /^\/v2\/email\/outbound-bulk-emails$/, 'SendBulkEmail'],
    ['GET', /^\/v2\/email\/account$/, 'GetAccount'],
    ['GET', /^\/v2\/email\/identities$/, 'ListEmailIdentities'],
    ['GET', /^\/v2\/email\/identities\/[^/]+$/, 'GetEmailIdentity'],
  ],
};

/**
 * Reads which operation a request asks for: from `x-amz-target`, the form's `Action`, or method and path.
 *
 * What nobody knows goes by its method and path, so that the error about it can name it.
 */
export function readOperation(request: {
  readonly service: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}): string {
  const { service, method, path, headers } = request;
  const target = headers['x-amz-target'];
  if (target !== undefined) return target.slice(target.lastIndexOf('.') + 1);

  const pathname = path.split('?', 1)[0] ?? path;
  if (headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    return new URLSearchParams(request.body.toString('utf8')).get('Action') ?? `${method} ${pathname}`;
  }
  if (service === 's3') return s3Operation(method, path, headers);
  const route = ROUTES[service]?.find(([verb, shape]) => verb === method && shape.test(pathname));
  return route?.[2] ?? `${method} ${pathname}`;
}
