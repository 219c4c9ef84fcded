import * as z from 'zod';
import { openDatabase } from './database.ts';

const Status = z.enum(['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']);
export type Status = z.infer<typeof Status>;

/** One execution; `definition` is the one that it started with, which it keeps when its machine changes. */
const Execution = z.object({
  arn: z.string(),
  machine: z.string(),
  name: z.string(),
  definition: z.string(),
  status: Status,
  input: z.string(),
  output: z.string().nullable(),
  error: z.string().nullable(),
  cause: z.string().nullable(),
  started: z.number(),
  stopped: z.number().nullable(),
});
export type Execution = z.infer<typeof Execution>;

/** How an execution ended. */
export interface Ending {
  readonly status: Status;
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
}

/** Which step of an execution: the n-th entry of a state in its scope (the root, or one item of a Map). */
export interface Step {
  readonly execution: string;
  readonly scope: string;
  readonly state: string;
  readonly entry: number;
  readonly inputHash: string;
}

/** What came of a step: its result, or the error and cause that the definition's Retry and Catch see. */
const Recorded = z.union([
  z.object({ result: z.json() }),
  z.object({ error: z.string(), cause: z.string(), final: z.boolean() }),
]);
export type Recorded = z.infer<typeof Recorded>;

export type Journal = ReturnType<typeof openJournal>;

/** Keeps executions, and while they run what came of each step, so that a restart repeats none of them. */
export function openJournal(dir: string) {
  const database = openDatabase(
    dir,
    'states',
    `CREATE TABLE IF NOT EXISTS executions (
       arn TEXT PRIMARY KEY, machine TEXT NOT NULL, name TEXT NOT NULL, definition TEXT NOT NULL,
       status TEXT NOT NULL, input TEXT NOT NULL, output TEXT, error TEXT, cause TEXT,
       started INTEGER NOT NULL, stopped INTEGER);
     CREATE INDEX IF NOT EXISTS executions_by_machine ON executions (machine, started);
     CREATE TABLE IF NOT EXISTS steps (
       execution TEXT NOT NULL, scope TEXT NOT NULL, state TEXT NOT NULL, entry INTEGER NOT NULL,
       inputHash TEXT NOT NULL, recorded TEXT NOT NULL,
       PRIMARY KEY (execution, scope, state, entry)) WITHOUT ROWID;`,
  );
  const insert = database.prepare(
    `INSERT INTO executions (arn, machine, name, definition, status, input, started)
     VALUES (?, ?, ?, ?, 'RUNNING', ?, ?)`,
  );
  const byArn = database.prepare('SELECT * FROM executions WHERE arn = ?');
  const running = database.prepare("SELECT * FROM executions WHERE status = 'RUNNING' ORDER BY started");
  const listed = database.prepare(
    `SELECT * FROM executions WHERE machine = ? AND (? IS NULL OR status = ?)
     ORDER BY started DESC, rowid DESC LIMIT ? OFFSET ?`,
  );
  const end = database.prepare(
    `UPDATE executions SET status = ?, output = ?, error = ?, cause = ?, stopped = ?
     WHERE arn = ? AND status = 'RUNNING'`,
  );
  const forget = database.prepare('DELETE FROM steps WHERE execution = ?');
  const step = database.prepare(
    `SELECT recorded FROM steps WHERE execution = ? AND scope = ? AND state = ? AND entry = ? AND inputHash = ?`,
  );
  const record = database.prepare('INSERT OR REPLACE INTO steps VALUES (?, ?, ?, ?, ?, ?)');
  const read = (row: unknown): Execution | undefined =>
    row === undefined ? undefined : Execution.parse(row);

  return {
    start(e: Pick<Execution, 'arn' | 'machine' | 'name' | 'definition' | 'input' | 'started'>): void {
      insert.run(e.arn, e.machine, e.name, e.definition, e.input, e.started);
    },
    find: (arn: string) => read(byArn.get(arn)),
    running: () => running.all().map((row) => Execution.parse(row)),
    list(o: { machine: string; status: Status | undefined; limit: number; offset: number }): Execution[] {
      const status = o.status ?? null;
      return listed.all(o.machine, status, status, o.limit, o.offset).map((row) => Execution.parse(row));
    },
    /** The first ending stays: a stopped execution does not succeed later. */
    end(arn: string, ending: Ending): void {
      const { status, output = null, error = null, cause = null } = ending;
      end.run(status, output, error, cause, Date.now(), arn);
      forget.run(arn);
    },
    recorded(s: Step): Recorded | undefined {
      const row = step.get(s.execution, s.scope, s.state, s.entry, s.inputHash);
      return row === undefined ? undefined : Recorded.parse(JSON.parse(String(row.recorded)));
    },
    record(s: Step, recorded: Recorded): void {
      record.run(s.execution, s.scope, s.state, s.entry, s.inputHash, JSON.stringify(recorded));
    },
    close: () => database.close(),
  };
}
