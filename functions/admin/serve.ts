import type { HttpAnswer, HttpRequest, HttpRoute } from '#functions/runtime/http.ts';
import { logger } from '#functions/runtime/telemetry.ts';
import { RequestError } from '#shared/kernel/errors.ts';
import { Slug } from '#shared/sources/source.ts';
import type { AdminRoute } from './admin-route.ts';
import { type Caller, callerOf, mayAct } from './caller.ts';
import type { AdminPorts } from './ports.ts';

/** Serves the table of routes: who calls is known and may, and each call leaves a line in the audit log. */
export function serveRoutes(routes: readonly AdminRoute[], ports: AdminPorts): readonly HttpRoute[] {
  return routes.map((route) => ({
    method: route.method,
    path: route.path,
    async handle(request) {
      const caller = callerOf(request.claims);
      try {
        if (!mayAct(caller, route.role)) throw roleNeeded(route);
        const answer = await route.run(request, caller, ports);
        audit({ route, request, caller }, answer.status);
        return answer;
      } catch (fault) {
        audit({ route, request, caller }, fault instanceof RequestError ? fault.status : 500);
        throw fault;
      }
    },
  }));
}

/** Who did what to which definition; of a person only that one was looked at, never which. */
function audit(
  {
    route,
    request,
    caller,
  }: { readonly route: AdminRoute; readonly request: HttpRequest; readonly caller: Caller },
  status: HttpAnswer['status'],
): void {
  const { operationId, resource } = route;
  const { id } = request.pathParameters;
  logger.info('admin call', {
    audit: true,
    subject: caller.subject,
    role: caller.role,
    operation: operationId,
    resource,
    // a path may hold anything, and what is no id might be somebody's address
    ...(Slug.safeParse(id).success && { definition: id }),
    status,
  });
}

const roleNeeded = ({ role }: AdminRoute): RequestError =>
  new RequestError({ status: 403, code: 'ROLE_NEEDED', message: `this needs the role ${role}` });
