import type * as z from 'zod';

/** A file with short facts about it, which are kept in its metadata. */
export interface FileWithFacts {
  readonly key: string;
  readonly body: Buffer;
  readonly contentType: string;
  readonly facts: Readonly<Record<string, string>>;
}

/**
 * The files of runs. What is once stored under a key stays: a step that is repeated, or that runs
 * twice at once, gets back what the first one stored, and goes on with that.
 */
export interface RunFiles {
  /** Stores `value` unless the key is taken, and returns what is stored. */
  keepJson<S extends z.ZodType>(key: string, schema: S, value: z.output<S>): Promise<z.output<S>>;

  readJson<S extends z.ZodType>(key: string, schema: S): Promise<z.output<S>>;

  /** Stores the file unless the key is taken, and returns the facts of the one that is stored. */
  keepFile(file: FileWithFacts): Promise<Readonly<Record<string, string>>>;
}
