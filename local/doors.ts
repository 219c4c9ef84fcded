import { answerHttpApi, type HttpApiDependencies } from './http/http-api.ts';
import { type Listener, listen } from './http/listener.ts';
import { apiGatewayV2Api, httpApisOf } from './resources/api-gateway-v2-api.ts';
import type { Place, Resource } from './resources/resource-type.ts';
import type { Template } from './template/assembly.ts';
import { mentions } from './template/intrinsics.ts';

/** The APIs that have a port of their own, by the output that tells their address. */
const DOORS = [
  { output: 'CollectUrl', name: 'collect', variable: 'COLLECT_PORT' },
  { output: 'AdminUrl', name: 'admin', variable: 'ADMIN_PORT' },
] as const;

/** The ports of a stack's HTTP APIs, by the API's logical id. */
export type Doors = ReadonlyMap<string, Listener>;

/** Takes a port for every HTTP API, before anything else: its address is part of what functions are told. */
export async function takeDoors(
  { Resources, Outputs }: Template,
  ports: Readonly<Record<'collect' | 'admin', number>>,
): Promise<Doors> {
  const doors = new Map<string, Listener>();
  try {
    for (const [logicalId, { Type }] of Object.entries(Resources)) {
      if (Type !== apiGatewayV2Api.type) continue;
      const known = DOORS.find(({ output }) => mentions(Outputs[output]?.Value).includes(logicalId));
      const port = known === undefined ? 0 : ports[known.name];
      doors.set(logicalId, await listen({ port, variable: known?.variable ?? '' }));
    }
    return doors;
  } catch (error) {
    await Promise.all([...doors.values()].map((door) => door.close()));
    throw error;
  }
}

export const urlsOf = (doors: Doors): Place['apiUrls'] =>
  new Map([...doors].map(([logicalId, { url }]) => [logicalId, url]));

/** Begins to answer: everything behind the doors is there. */
export function openDoors(
  doors: Doors,
  { resources, place, ...d }: HttpApiDependencies & { resources: readonly Resource[]; place: Place },
): void {
  for (const api of httpApisOf(resources, place)) {
    doors.get(api.logicalId)?.answerWith(answerHttpApi(api, d));
  }
}
