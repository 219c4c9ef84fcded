import {
  type Place,
  parseProperties,
  type Resource,
  type ResourceType,
} from '#local/resources/resource-type.ts';
import type { Template } from './assembly.ts';
import { holds, NO_VALUE, resolve, type Scope, TemplateError } from './intrinsics.ts';

/** A template with every reference resolved, resources in an order in which each stands after what it needs. */
export interface Evaluated {
  readonly resources: readonly Resource[];
  readonly outputs: Readonly<Record<string, string>>;
}

/**
 * Works out what a template describes at a place: pure, so that the same template is the same stack again
 * after a restart.
 *
 * @throws for every type that is on no list (all of them at once), and for the first resource that says
 *   something which does not run here.
 */
export function evaluate(
  template: Template,
  { place, types }: { readonly place: Place; readonly types: ReadonlyMap<string, ResourceType> },
): Evaluated {
  const strangers = Object.entries(template.Resources).filter(([, { Type }]) => !types.has(Type));
  if (strangers.length > 0) {
    const list = strangers.map(([logicalId, { Type }]) => `${Type} ${logicalId}`).join(', ');
    throw new Error(
      `these resources are of types that do not run on one machine (local/coverage.md): ${list}`,
    );
  }

  const done = new Map<string, Resource>();
  const underWay: string[] = [];

  const scope: Scope = {
    ref(name) {
      const pseudo = pseudoParameters(place)[name];
      if (pseudo !== undefined) return pseudo;
      const parameter = template.Parameters[name];
      if (parameter === undefined) return visit(name).ref;
      if (parameter.Default !== undefined) return parameter.Default;
      throw new Error(`parameter ${name} has no default, and nobody is there to give one`);
    },
    attribute(logicalId, name) {
      const value = visit(logicalId).attributes[name];
      if (value !== undefined) return value;
      throw new Error(`${template.Resources[logicalId]?.Type} ${logicalId} has no attribute ${name} here`);
    },
    mapping(map, first, second) {
      const value = template.Mappings[map]?.[first]?.[second];
      if (value !== undefined) return value;
      throw new Error(`mapping ${map} has nothing under ${first}, ${second}`);
    },
    condition(name) {
      if (name in template.Conditions) return holds(template.Conditions[name], scope, `Conditions.${name}`);
      throw new Error(`there is no condition ${name}`);
    },
  };

  const exists = (logicalId: string): boolean => {
    const condition = template.Resources[logicalId]?.Condition;
    return condition === undefined || scope.condition(condition);
  };

  function visit(logicalId: string): Resource {
    const known = done.get(logicalId);
    if (known !== undefined) return known;
    const declaration = template.Resources[logicalId];
    const type = types.get(declaration?.Type ?? '');
    if (declaration === undefined || type === undefined)
      throw new Error(`there is no ${logicalId} to refer to`);
    if (!exists(logicalId)) throw new Error(`${logicalId} is left out by its condition`);
    if (underWay.includes(logicalId)) {
      throw new Error(`these need each other: ${[...underWay, logicalId].join(' → ')}`);
    }

    underWay.push(logicalId);
    for (const other of [declaration.DependsOn ?? []].flat()) if (exists(other)) visit(other);
    const resolved = resolve(declaration.Properties, scope, `${declaration.Type} ${logicalId}`);
    const properties = parseProperties(type, logicalId, resolved);
    underWay.pop();

    const identity = type.identify({ logicalId, properties }, place);
    const resource = { logicalId, type: type.type, properties, ...identity };
    done.set(logicalId, resource);
    return resource;
  }

  for (const logicalId of Object.keys(template.Resources)) if (exists(logicalId)) visit(logicalId);

  const outputs = Object.entries(template.Outputs).map(([name, { Value }]) => {
    const value = resolve(Value, scope, `Outputs.${name}`);
    if (typeof value === 'string') return [name, value] as const;
    throw new TemplateError(`Outputs.${name}`, 'an output is a string');
  });
  return { resources: [...done.values()], outputs: Object.fromEntries(outputs) };
}

function pseudoParameters(place: Place): Readonly<Record<string, unknown>> {
  return {
    'AWS::AccountId': place.account,
    'AWS::NoValue': NO_VALUE,
    'AWS::Partition': 'aws',
    'AWS::Region': place.region,
    'AWS::StackId': `arn:aws:cloudformation:${place.region}:${place.account}:stack/${place.stackName}/local`,
    'AWS::StackName': place.stackName,
    'AWS::URLSuffix': 'amazonaws.com',
  };
}
