const numbered = (part: number): string => String(part).padStart(5, '0');

/** The definition that a run works by, as it was when the run was planned. */
export const definitionKey = (runId: string): string => `runs/${runId}/definition.json`;

/** One chunk of the audience that a run was planned for. */
export const chunkKey = (runId: string, part: number): string => `runs/${runId}/chunk-${numbered(part)}.json`;

/** The whole audience: which chunks there are. Stored when all of them are. */
export const planKey = (runId: string): string => `runs/${runId}/plan.json`;

/** One file of an export. */
export const partKey = (run: { readonly exportId: string; readonly runId: string }, part: number): string =>
  `exports/${run.exportId}/${run.runId}/part-${numbered(part)}.csv.gz`;

/** What an export wrote; stored last, so that who finds it finds the files. */
export const manifestKey = (run: { readonly exportId: string; readonly runId: string }): string =>
  `exports/${run.exportId}/${run.runId}/manifest.json`;
