import { CdpError } from '#shared/kernel/errors.ts';

/** A part of a run was ended before its time ran out; to try it again does what is left, and harms nothing. */
export class PartUnfinishedError extends CdpError {
  override readonly name = 'PartUnfinishedError';
  readonly code = 'PART_UNFINISHED';
  readonly retryable = true;
}
