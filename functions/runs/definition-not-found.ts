import { CdpError } from '#shared/kernel/errors.ts';

/** A run was started for something that the catalog does not hold: it ends as failed under `name`. */
export class DefinitionNotFoundError extends CdpError {
  override readonly name: 'ExportNotFound' | 'CampaignNotFound' | 'SegmentNotFound';
  readonly code = 'DEFINITION_NOT_FOUND';
  readonly retryable = false;

  constructor(kind: 'Export' | 'Campaign' | 'Segment', id: string) {
    super(`there is no ${kind.toLowerCase()} ${id}`);
    this.name = `${kind}NotFound`;
  }
}
