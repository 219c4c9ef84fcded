import type { EpochMs } from '#shared/events/event.ts';

/** A definition as stored: `version` is 1 for the first and one more for each that follows. */
export interface Stored<T> {
  readonly definition: T;
  readonly version: number;
  readonly updatedAt: EpochMs;
}

/**
 * Where one kind of definition is kept. Its promises are tested in
 * `test/contract/definition-repository.ts`.
 */
export interface DefinitionRepository<T> {
  find(id: string): Promise<Stored<T> | undefined>;

  /** By id. */
  list(): Promise<readonly Stored<T>[]>;

  /**
   * Stores the definition as the next version of its id, whatever stood there; former versions are
   * kept, also those of a definition that was removed and made anew.
   */
  put(definition: T): Promise<Stored<T>>;

  /** Whether there was something to remove. */
  remove(id: string): Promise<boolean>;

  /** A version as it was, or `undefined` where there was none or it says that it was removed. */
  findVersion(id: string, version: number): Promise<Stored<T> | undefined>;
}
