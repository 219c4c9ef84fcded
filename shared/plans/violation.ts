import type { ErrorObject } from 'ajv';
import { isJson } from '#shared/events/json.ts';
import { unescapePointer } from './read-schema.ts';

/** Something that a schema refuses of a value, as steps into the value. */
export interface Violation {
  /** The keyword of the schema that is not met. */
  readonly keyword: string;
  /** Where the fault is seen: also what is not there, where it should be. */
  readonly at: readonly string[];
  /** What would have to go for the keyword to be met; no step is the value as a whole. */
  readonly remove: readonly string[];
}

/** What ajv says, less what only explains something else that it says. */
export const violationsOf = (errors: readonly ErrorObject[]): readonly Violation[] =>
  errors.filter((error) => error.keyword !== 'if' && !isOfAlternative(error.schemaPath)).map(violationOf);

function violationOf({ keyword, instancePath, params }: ErrorObject): Violation {
  const path = instancePath.split('/').slice(1).map(unescapePointer);
  const said = (name: string): readonly string[] => {
    const value: unknown = params[name];
    return typeof value === 'string' ? [...path, value] : path;
  };
  return { keyword, ...(WHERE[keyword]?.(said, path) ?? { at: path, remove: path }) };
}

type Where = (
  said: (parameter: string) => readonly string[],
  path: readonly string[],
) => Pick<Violation, 'at' | 'remove'>;

const inTheWay =
  (parameter: string): Where =>
  (said) => ({ at: said(parameter), remove: said(parameter) });

/** Keywords that are broken by, or for want of, a part of the value that they are asked of. */
const WHERE: Readonly<Record<string, Where>> = {
  required: (said, path) => ({ at: said('missingProperty'), remove: path }),
  dependencies: (said) => ({ at: said('missingProperty'), remove: said('property') }),
  additionalProperties: inTheWay('additionalProperty'),
  propertyNames: inTheWay('propertyName'),
};

/** Keywords that a value meets in one of several ways, or by not meeting a schema: what that says is no fault yet. */
const ALTERNATIVES = new Set(['anyOf', 'oneOf', 'not', 'contains', 'propertyNames']);
/** Keywords after which a name stands in the path. */
const NAMED = new Set(['properties', 'patternProperties', 'dependencies']);

function isOfAlternative(schemaPath: string): boolean {
  const steps = schemaPath.split('/').slice(1);
  for (let index = 0; index < steps.length - 1; index++) {
    const step = steps[index] ?? '';
    if (ALTERNATIVES.has(step)) return true;
    if (NAMED.has(step)) index += 1;
  }
  return false;
}

/**
 * A place in a value as a JSON pointer, with `*` for whichever place of a list: what is wrong with each of
 * its entries is one thing.
 */
export function pointerTo(steps: readonly string[], value: unknown): string {
  const [step, ...rest] = steps;
  if (step === undefined) return '';
  if (Array.isArray(value)) return `/*${pointerTo(rest, value[Number(step)])}`;
  const name = step.replaceAll('~', '~0').replaceAll('/', '~1');
  return `/${name}${pointerTo(rest, isJson(value) ? value[step] : undefined)}`;
}
