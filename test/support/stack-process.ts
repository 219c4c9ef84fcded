import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { type AssemblyEdit, editAssembly } from './assembly.ts';
import { enginesOver } from './processes.ts';

const urls = z.object({ collect: z.url(), admin: z.url(), mail: z.url(), aws: z.url() });
const Serving = z.object({
  urls,
  outputs: z.record(z.string(), z.string()),
  adminToken: z.string(),
  credentials: z.object({ accessKeyId: z.string(), secretAccessKey: z.string() }),
  region: z.string(),
});

const Moved = z.object({ now: z.number() });

const Crashed = z.object({ crashed: z.string().nullable() });

/** The whole stack in a process of its own, so that it can be killed. */
export interface StackProcess extends z.infer<typeof Serving> {
  /** Where its state lives. */
  readonly dir: string;
  /** What it said on its own output, as it would on the terminal of `npm start`. */
  said(): string;
  /** What a function wrote to its log, by the beginning of its logical id. */
  functionLog(logicalId: string): string;
  /** Ends a worker that is busy: the n-th, counted round and round. @returns whose, or nothing where none is. */
  crashFunction(n: number): Promise<string | undefined>;
  /** Lets so much time pass at once, where its clock can be moved. @returns what time it is there. */
  moveClock(milliseconds: number): Promise<number>;
  /** `kill -9` of its DynamoDB, which is started again. @returns whether there was one. */
  killDatabase(): boolean;
  /** `kill -9`: nothing of it gets a chance to clean up. */
  kill(): Promise<void>;
  /** Ends it as Ctrl-C does. */
  stop(): Promise<void>;
}

export interface StackProcessOptions {
  readonly assembly: string;
  /** State of a former process, or none yet. */
  readonly dir: string;
  /** A former process, whose ports are taken up again. @default any that are free */
  readonly after?: StackProcess;
  /** @default false */
  readonly hasMovableClock?: boolean;
}

export const temporaryDirectory = (): string => mkdtempSync(join(tmpdir(), 'tributary-'));

/**
 * Starts the stack, and waits until it serves.
 *
 * @throws with what it said when it ends instead.
 */
export async function startStackProcess({
  assembly,
  dir,
  after,
  hasMovableClock = false,
}: StackProcessOptions): Promise<StackProcess> {
  const ports = { collect: 0, admin: 0, mail: 0, aws: 0, ...(after && portsOf(after)) };
  const child = fork(
    join(import.meta.dirname, 'run-stack.ts'),
    [JSON.stringify({ assembly, dir, ports, hasMovableClock })],
    {
      execArgv: ['--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    },
  );
  let said = '';
  for (const output of [child.stdout, child.stderr]) {
    output?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  }
  const ended = once(child, 'exit');
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await ended;
  };
  const first = await Promise.race([once(child, 'message'), ended.then(() => undefined)]);
  if (first === undefined) throw new Error(`the stack ended before it served: ${said}`);

  return {
    ...Serving.parse(first[0]),
    dir,
    said: () => said,
    functionLog: (logicalId) => readLog(join(dir, 'logs'), logicalId),
    async crashFunction(n) {
      const answer = once(child, 'message').then(([said]) => Crashed.parse(said).crashed ?? undefined);
      child.send({ crash: n });
      return Promise.race([answer, ended.then(() => undefined)]);
    },
    async moveClock(milliseconds) {
      const answer = once(child, 'message').then(([said]) => Moved.parse(said).now);
      child.send({ moveMs: milliseconds });
      return Promise.race([answer, ended.then(() => Promise.reject(new Error('the stack has ended')))]);
    },
    killDatabase() {
      const engines = enginesOver(dir);
      for (const pid of engines) process.kill(pid, 'SIGKILL');
      return engines.length > 0;
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  };
}

/** A stack over state of its own, which goes with it; of an assembly as it is, or as a test edits it. */
export async function startFreshStack(
  assembly: string,
  edit?: AssemblyEdit,
  options: Pick<StackProcessOptions, 'hasMovableClock'> = {},
): Promise<StackProcess> {
  const home = temporaryDirectory();
  const remove = () => rmSync(home, { recursive: true, force: true });
  try {
    const edited = edit === undefined ? assembly : editAssembly(assembly, join(home, 'cdk.out'), edit);
    const stack = await startStackProcess({ assembly: edited, dir: join(home, 'state'), ...options });
    return {
      ...stack,
      async stop() {
        await stack.stop();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}

const portsOf = (stack: StackProcess) =>
  Object.fromEntries(Object.entries(stack.urls).map(([name, url]) => [name, Number(new URL(url).port)]));

function readLog(directory: string, logicalId: string): string {
  const file = readdirSync(directory).find((name) => name.startsWith(logicalId));
  if (file === undefined) throw new Error(`no function ${logicalId} has a log in ${directory}`);
  return readFileSync(join(directory, file), 'utf8');
}
