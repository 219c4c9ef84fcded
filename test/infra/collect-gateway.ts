import { generateKeyPairSync } from 'node:crypto';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as z from 'zod';
import { answerHttpApi, type HttpApi } from '#local/http/http-api.ts';
import { listen } from '#local/http/listener.ts';
import { collecting } from '#test/support/collecting.ts';
import { lambdaContext } from '#test/support/http-event.ts';
import { ofType, synthesize } from './stack-template.ts';

const UNSUBSCRIBE = 'arn:unsubscribe';
const COLLECT = 'arn:collect';

const Names = z.array(z.string());
const Cors = z.object({
  AllowOrigins: Names,
  AllowMethods: Names,
  AllowHeaders: Names,
  ExposeHeaders: Names,
  MaxAge: z.int(),
  AllowCredentials: z.boolean(),
});
const Route = z.object({ RouteKey: z.string(), AuthorizationType: z.string() });

/** What the stack's template says of the Collect API. */
function declared(): Pick<HttpApi, 'cors' | 'routes'> {
  const template = synthesize();
  const [api] = ofType(template, 'AWS::ApiGatewayV2::Api').filter(([id]) => id.startsWith('Collect'));
  const cors = Cors.parse(api?.[1].Properties.CorsConfiguration);
  const routes = ofType(template, 'AWS::ApiGatewayV2::Route')
    .map(([, { Properties }]) => Route.parse(Properties))
    .filter(({ AuthorizationType }) => AuthorizationType === 'NONE');
  return {
    cors: {
      allowOrigins: cors.AllowOrigins,
      allowMethods: cors.AllowMethods,
      allowHeaders: cors.AllowHeaders,
      exposeHeaders: cors.ExposeHeaders,
      maxAge: cors.MaxAge,
      allowCredentials: cors.AllowCredentials,
    },
    routes: routes.map(({ RouteKey }) => ({
      key: RouteKey,
      functionArn: RouteKey.includes('/u/') ? UNSUBSCRIBE : COLLECT,
      scopes: [],
    })),
  };
}

let api: ReturnType<typeof declared> | undefined;

/** The Collect API as the stack declares it, on a port of the loopback, with its function over memory. */
export async function collectGateway(
  over: Parameters<typeof collecting>[0] = {},
  { throttling }: Pick<HttpApi, 'throttling'> = {},
) {
  api ??= declared();
  const collect = collecting(over);
  const listener = await listen({ port: 0, variable: 'TEST_PORT' });
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const unsubscribed: unknown[] = [];
  listener.answerWith(
    answerHttpApi(
      { ...api, logicalId: 'Api', apiId: 'api', arn: 'arn:api', account: '000000000000', throttling },
      {
        invoker: {
          async invoke(functionArn, payload) {
            if (functionArn === UNSUBSCRIBE) {
              unsubscribed.push(payload);
              return { ok: true, payload: { statusCode: 200, body: 'goodbye' } };
            }
            return { ok: true, payload: await collect.handler(gatewayEvent(payload), lambdaContext) };
          },
        },
        mayInvoke: () => true,
        tokenKey: publicKey,
        log: console.warn,
      },
    ),
  );
  return { ...collect, url: listener.url, unsubscribed, close: listener.close };
}

/** What the local gateway makes is of the form that the function's types name; JSON is what both speak. */
const gatewayEvent = (payload: unknown): APIGatewayProxyEventV2 => JSON.parse(JSON.stringify(payload));
