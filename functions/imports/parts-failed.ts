import { CdpError } from '#shared/kernel/errors.ts';

/** Parts of a run failed for good: the run ends under the name of what the first of them failed with. */
export class PartsFailedError extends CdpError {
  override readonly name: string;
  readonly code = 'PARTS_FAILED';
  readonly retryable = false;

  constructor(name: string, { failed, parts }: { readonly failed: number; readonly parts: number }) {
    super(
      `${failed} of ${parts} parts of the file failed: run the file again, or upload it again where it was replaced or removed; rows that were sent count once`,
    );
    this.name = name;
  }
}
