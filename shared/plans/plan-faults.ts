import { Ajv } from 'ajv';
import type { Json } from '#shared/events/json.ts';
import { readSchema, type SchemaFault, type SchemaPart, unescapePointer } from './read-schema.ts';
import { schemaCompiler } from './schema-compiler.ts';
import type { TrackingPlan } from './tracking-plan.ts';

/**
 * What is wrong with the schemas of a plan, each fault with its place in the plan. A plan without faults
 * compiles: this asks everything that is not asked again when events come.
 */
export function planFaults(plan: TrackingPlan): readonly SchemaFault[] {
  const { events, identify, group, page, screen } = plan;
  const calls = [
    ...Object.entries({ identify, group, page, screen }).map(([call, planned]) => ({
      path: [call],
      planned,
    })),
    ...Object.entries(events).map(([name, planned]) => ({ path: ['events', name], planned })),
  ];
  const meta = new Ajv({ allErrors: true, strict: false, validateFormats: false, logger: false });
  const compile = schemaCompiler();

  return calls.flatMap(({ path, planned }) =>
    planned === undefined
      ? []
      : schemaFaults(planned.schema).map((fault) => ({ ...fault, path: [...path, 'schema', ...fault.path] })),
  );

  function schemaFaults(said: Json): readonly SchemaFault[] {
    const { schema, faults } = readSchema(said);
    const all = [...faults, ...formFaults(said)];
    return all.length > 0 ? all : compileFaults(schema);
  }

  /** What draft 7 says of its own keywords: that `required` is a list of texts. */
  function formFaults({ $schema: _, ...said }: Json): readonly SchemaFault[] {
    if (meta.validateSchema(said) === true) return [];
    return (meta.errors ?? []).map(({ instancePath, message = 'is not valid' }) => ({
      path: instancePath.split('/').slice(1).map(unescapePointer),
      message,
    }));
  }

  /** What ajv finds besides: an `if` without a `then` or an `else`, which asks nothing. */
  function compileFaults(schema: SchemaPart): readonly SchemaFault[] {
    try {
      compile(schema);
      return [];
    } catch (fault) {
      return [{ path: [], message: fault instanceof Error ? fault.message : String(fault) }];
    }
  }
}
