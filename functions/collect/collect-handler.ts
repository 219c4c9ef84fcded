import { httpHandler } from '#functions/runtime/http.ts';
import { LIMITS } from '#shared/events/limits.ts';
import type { CollectPorts } from './collect-request.ts';
import { answerCollect } from './collect-routes.ts';

/** The Lambda handler of the Collect API. The gateway sends it every path but those of other functions. */
export const collectHandler = (ports: CollectPorts) =>
  httpHandler({
    capability: 'collect',
    maxBodyBytes: LIMITS.bodyBytes,
    routes: (['GET', 'POST'] as const).map((method) => ({
      method,
      path: '/{proxy+}',
      handle: (request) => answerCollect(request, ports),
    })),
  });
