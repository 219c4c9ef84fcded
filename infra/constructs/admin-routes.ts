import { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';

const DEFINITIONS = ['sources', 'segments', 'exports', 'campaigns'];
const RUNNABLE = ['exports', 'campaigns'];

/** Every route of the Admin API, each behind the authorizer. */
export const ADMIN_ROUTES: readonly { readonly method: HttpMethod; readonly path: string }[] = [
  { method: HttpMethod.GET, path: '/v1/profiles/{identifier}' },
  { method: HttpMethod.GET, path: '/v1/profiles/{identifier}/events' },
  { method: HttpMethod.GET, path: '/v1/profiles/{identifier}/segments' },
  ...DEFINITIONS.flatMap((kind) => [
    { method: HttpMethod.GET, path: `/v1/${kind}` },
    { method: HttpMethod.GET, path: `/v1/${kind}/{id}` },
    { method: HttpMethod.PUT, path: `/v1/${kind}/{id}` },
    { method: HttpMethod.DELETE, path: `/v1/${kind}/{id}` },
  ]),
  ...RUNNABLE.flatMap((kind) => [
    { method: HttpMethod.POST, path: `/v1/${kind}/{id}/runs` },
    { method: HttpMethod.GET, path: `/v1/${kind}/{id}/runs` },
    { method: HttpMethod.GET, path: `/v1/${kind}/{id}/runs/{runId}` },
  ]),
];
