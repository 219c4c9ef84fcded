import { CdpError } from '#shared/kernel/errors.ts';
import { type Audience, AudienceChunk, AudienceSnapshot, type Position } from './audience.ts';
import type { RunFiles } from './run-files.ts';
import { chunkKey, planKey, type RunPlace } from './run-keys.ts';

/** What a state machine passes between its steps stays below 256 KB: some 400 bytes for each chunk. */
export const MAX_CHUNKS = 600;

/** A segment has more people than one run can take. */
export class AudienceTooLargeError extends CdpError {
  override readonly name = 'AudienceTooLarge';
  readonly code = 'AUDIENCE_TOO_LARGE';
  readonly retryable = false;
}

/**
 * Lists who is in a segment now and stores their pids in chunks, in constant memory.
 *
 * May be repeated, and may run twice at once, while people come and go: a chunk is stored once, and
 * whoever comes second takes the stored one and goes on after its last person. So all attempts make
 * one chain of disjoint chunks, and the first to end it says how long it is.
 *
 * @throws {AudienceTooLargeError} for more than {@link MAX_CHUNKS} chunks.
 */
export async function snapshotAudience(
  run: RunPlace & {
    readonly segment: string;
    /** People a chunk: what one step manages in good time. */
    readonly chunkSize: number;
  },
  { audience, files }: { readonly audience: Audience; readonly files: RunFiles },
): Promise<AudienceSnapshot> {
  const { runId, segment, chunkSize } = run;
  const chunks: AudienceSnapshot['chunks'] = [];
  let members = 0;
  let after: Position | undefined;

  for (let part = 1; ; part++) {
    const found = await audience.membersAfter(segment, { after, limit: chunkSize });
    if (found.length === 0 && part > 1) break;
    if (part > MAX_CHUNKS) {
      throw new AudienceTooLargeError(
        `segment ${segment} has more than ${MAX_CHUNKS * chunkSize} people, which is more than one run takes`,
      );
    }
    const key = chunkKey(run, part);
    const listed = { pids: found.map(({ pid }) => pid), end: found.at(-1) };
    const stored = await files.keepJson(key, AudienceChunk, listed);
    chunks.push({ key, end: stored.end });
    members += stored.pids.length;
    after = stored.end;
    if (after === undefined) break;
  }

  return files.keepJson(planKey(run), AudienceSnapshot, { runId, segment, members, chunks });
}
