import { CdpError } from '#shared/kernel/errors.ts';

type Kind = 'Export' | 'Campaign' | 'Segment' | 'Import' | 'Source';

/** A run was started for something that the catalog does not hold: it ends as failed under `name`. */
export class DefinitionNotFoundError extends CdpError {
  override readonly name: `${Kind}NotFound`;
  readonly code = 'DEFINITION_NOT_FOUND';
  readonly retryable = false;

  constructor(kind: Kind, id: string) {
    super(`there is no ${kind.toLowerCase()} ${id}`);
    this.name = `${kind}NotFound`;
  }
}
