const numbered = (part: number): string => String(part).padStart(5, '0');

/** A run's id is unique among the runs of its kind alone, as the name of an execution is in its state machine. */
export interface RunPlace {
  readonly kind: 'exports' | 'campaigns';
  readonly runId: string;
}

const folder = ({ kind, runId }: RunPlace): string => `runs/${kind}/${runId}`;

/** The definitions that a run works by, as they were when the run was planned. */
export const definitionKey = (run: RunPlace): string => `${folder(run)}/definition.json`;

/** One chunk of the audience that a run was planned for. */
export const chunkKey = (run: RunPlace, part: number): string =>
  `${folder(run)}/chunk-${numbered(part)}.json`;

/** The whole audience: which chunks there are. Stored when all of them are. */
export const planKey = (run: RunPlace): string => `${folder(run)}/plan.json`;

/** One file of an export. */
export const partKey = (run: { readonly exportId: string; readonly runId: string }, part: number): string =>
  `exports/${run.exportId}/${run.runId}/part-${numbered(part)}.csv.gz`;

/** What an export wrote; stored last, so that who finds it finds the files. */
export const manifestKey = (run: { readonly exportId: string; readonly runId: string }): string =>
  `exports/${run.exportId}/${run.runId}/manifest.json`;

/** What a campaign came to; stored last. */
export const reportKey = (runId: string): string => `${folder({ kind: 'campaigns', runId })}/report.json`;
