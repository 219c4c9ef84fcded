import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Services } from './services.ts';

/** Where a stack runs: what physical names and ARNs are made of. */
export interface Place {
  readonly stackName: string;
  readonly region: string;
  readonly account: string;
  /** The directory or file of an asset, by its S3 key. */
  readonly assets: ReadonlyMap<string, string>;
  /** Where an HTTP API of the template listens, by logical id. */
  readonly apiUrls: ReadonlyMap<string, string>;
}

/** What `Ref` and `Fn::GetAtt` give for a resource. */
export interface Identity {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A resource of the template, all references resolved. */
export interface Resource<P = unknown> extends Identity {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: P;
}

/** Paths of properties with the reason why they stand there; a path covers everything beneath it. */
export type Reasons = Readonly<Record<string, string>>;

/**
 * A CloudFormation type as it runs on one machine.
 *
 * A property of the template is honoured (it stands in `properties`, a strict schema), declared only
 * (read and left, with the reason) or refused. There is no fourth way: see `parseProperties`.
 */
export interface ResourceType<P = unknown> {
  readonly type: string;
  readonly properties: z.ZodType<P>;
  readonly declared?: Reasons;
  readonly refused?: Reasons;
  /** Pure and stable: the same template gives the same names and ARNs after a restart. */
  identify(resource: Omit<Resource<P>, keyof Identity | 'type'>, place: Place): Identity;
  /** The KMS key that encrypts it, which decides what a caller must be allowed beside its own actions. */
  encryptionKey?(properties: P): string | undefined;
  /** Makes it, or does nothing when it is there from an earlier start. */
  create?(resource: Resource<P>, services: Services, place: Place): void | Promise<void>;
}

/** Lets a type's file state its schema once and have it inferred everywhere else. */
export const resourceType = <P>(definition: ResourceType<P>): ResourceType<P> => definition;

/** The resources of one type, with its properties' types. */
export const resourcesOf = <P>(type: ResourceType<P>, all: readonly Resource[]): Resource<P>[] =>
  all.filter((resource): resource is Resource<P> => resource.type === type.type);

/** An ARN in the place's partition, region and account. */
export const arnOf = (place: Place, service: string, resource: string): string =>
  `arn:aws:${service}:${place.region}:${place.account}:${resource}`;

/** The name that CloudFormation would make up, without its randomness: stack, logical id, cut to what is allowed. */
export function nameOf(place: Place, logicalId: string, limit = 64): string {
  const name = `${place.stackName}-${logicalId}`;
  return name.length <= limit ? name : `${name.slice(0, limit - 9)}-${digest(name).slice(0, 8)}`;
}

/** A UUID that is the same for the same text. */
export const uuidOf = (text: string): string =>
  digest(text)
    .slice(0, 32)
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');

/** A hexadecimal id that depends on nothing but what it is made of. */
export const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

const Fields = z.record(z.string(), z.unknown());

/** Leaves out what `paths` name. Lists are looked through: `Replicas.Tags` is the tags of each replica. */
function without(value: unknown, paths: ReadonlySet<string>, at = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => without(item, paths, at));
  const fields = Fields.safeParse(value);
  if (!fields.success) return value;
  const kept = Object.entries(fields.data).flatMap(([key, field]) => {
    const path = at === '' ? key : `${at}.${key}`;
    return paths.has(path) ? [] : [[key, without(field, paths, path)] as const];
  });
  return Object.fromEntries(kept);
}

function* pathsIn(value: unknown, at = ''): Generator<string> {
  if (Array.isArray(value)) {
    for (const item of value) yield* pathsIn(item, at);
    return;
  }
  const fields = Fields.safeParse(value);
  if (!fields.success) return;
  for (const [key, field] of Object.entries(fields.data)) {
    const path = at === '' ? key : `${at}.${key}`;
    yield path;
    yield* pathsIn(field, path);
  }
}

/**
 * Takes a resource's properties as its type honours them.
 *
 * @throws naming type, logical id and property for every property that is refused, that stands on no list,
 *   or whose value is not one that runs here.
 */
export function parseProperties<P>(type: ResourceType<P>, logicalId: string, properties: unknown): P {
  const refused = type.refused ?? {};
  const refusals = [...new Set(pathsIn(properties))].flatMap((path) =>
    refused[path] === undefined ? [] : [`${path} is refused: ${refused[path]}`],
  );
  const parsed = type.properties.safeParse(without(properties, new Set(Object.keys(type.declared ?? {}))), {
    reportInput: true,
  });
  const strangers = parsed.success ? [] : parsed.error.issues.flatMap((issue) => describe(issue, refused));
  if (parsed.success && refusals.length === 0) return parsed.data;
  throw new Error(`${type.type} ${logicalId}: ${[...refusals, ...strangers].join('; ')}`);
}

function describe(issue: z.core.$ZodIssue, refused: Reasons): string[] {
  const at = issue.path.filter((step) => typeof step === 'string').join('.');
  const within = (key: string) => (at === '' ? key : `${at}.${key}`);
  if (issue.code === 'unrecognized_keys') {
    const unknown = issue.keys.map(within).filter((path) => refused[path] === undefined);
    return unknown.map((path) => `${path} is neither honoured, declared nor refused (local/coverage.md)`);
  }
  return [`${at} cannot be ${JSON.stringify(issue.input)}: ${issue.message}`];
}
