import { CdpError } from '#shared/kernel/errors.ts';

/** Why a file cannot be imported at all. */
export const FILE_FAULTS = [
  'FileMisplaced',
  'FileNotFound',
  'FileEmpty',
  'FileTooLarge',
  'FileUnreadable',
  'ColumnsMissing',
  'ColumnsTwice',
  'SourceDisabled',
] as const;
export type FileFault = (typeof FILE_FAULTS)[number];

/** A file cannot be imported as it is: its run ends as failed under `name`, and nothing of it was sent. */
export class ImportFileError extends CdpError {
  override readonly name: FileFault;
  readonly code = 'IMPORT_FILE_REFUSED';
  readonly retryable = false;

  constructor(name: FileFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = name;
  }
}
