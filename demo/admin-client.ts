import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';

const Profile = z.object({
  pid: z.string(),
  events: z.record(z.string(), z.object({ count: z.int() })),
  sums: z.record(z.string(), z.record(z.string(), z.string())),
  identifiers: z.array(z.object({ type: z.string(), value: z.string() })),
  consents: z.array(z.object({ channel: z.string(), purpose: z.string(), status: z.string() })),
  suppressed: z.array(z.object({ value: z.string(), reason: z.string() })),
  absorbed: z.array(z.unknown()),
});
export type Profile = z.infer<typeof Profile>;

const Size = z.object({ size: z.int() });
const Started = z.object({ id: z.string() });
const Run = z.object({
  status: z.enum(['running', 'succeeded', 'failed']),
  error: z.string().optional(),
  result: z.unknown().optional(),
});

/** The Admin API, as an operator's script would use it. */
export interface AdminClient {
  put(path: string, definition: unknown): Promise<void>;
  /** Nobody for an identifier that nobody has yet. */
  profile(identifier: string): Promise<Profile | undefined>;
  segmentSize(id: string): Promise<number>;
  /** Starts a run and waits for its end. */
  run<S extends z.ZodType>(path: string, result: S): Promise<z.output<S>>;
}

/** @throws {Error} for an answer that is not what was asked for, with what it said. */
export function adminClient(url: string, token: string): AdminClient {
  async function call(method: string, path: string, body?: unknown): Promise<Response> {
    for (;;) {
      const response = await fetch(`${url}/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      // The gateway throttles callers; nothing of the request was done
      if (response.status !== 429) return response;
      await pause(250);
    }
  }
  async function json(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await call(method, path, body);
    if (!response.ok)
      throw new Error(`${method} ${path} was answered with ${response.status}: ${await response.text()}`);
    return response.json();
  }

  return {
    async put(path, definition) {
      await json('PUT', path, definition);
    },
    async profile(identifier) {
      const response = await call('GET', `/profiles/${encodeURIComponent(identifier)}`);
      if (response.status === 404) return undefined;
      if (!response.ok)
        throw new Error(`a profile was answered with ${response.status}: ${await response.text()}`);
      return Profile.parse(await response.json());
    },
    segmentSize: async (id) => Size.parse(await json('GET', `/segments/${id}/size`)).size,
    async run(path, result) {
      const { id } = Started.parse(await json('POST', `${path}/runs`));
      for (;;) {
        const run = Run.parse(await json('GET', `${path}/runs/${id}`));
        if (run.status === 'failed')
          throw new Error(`the run ${id} of ${path} failed: ${run.error ?? 'unknown'}`);
        if (run.status === 'succeeded') return result.parse(run.result);
        await pause(200);
      }
    },
  };
}
