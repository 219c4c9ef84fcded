import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const Parameter = z.looseObject({ Type: z.string(), Default: z.union([z.string(), z.number()]).optional() });

/** A resource as the template spells it; what it means for updates and deletion has no bearing on one machine. */
const TemplateResource = z.strictObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  Condition: z.string().optional(),
  DependsOn: z.union([z.string(), z.array(z.string())]).optional(),
  DeletionPolicy: z.unknown().optional(),
  UpdateReplacePolicy: z.unknown().optional(),
  Metadata: z.unknown().optional(),
});
export type TemplateResource = z.infer<typeof TemplateResource>;

/** A CloudFormation template. `Rules` check the account that is deployed to, and there is none here. */
export const Template = z.strictObject({
  AWSTemplateFormatVersion: z.unknown().optional(),
  Description: z.unknown().optional(),
  Metadata: z.unknown().optional(),
  Rules: z.unknown().optional(),
  Parameters: z.record(z.string(), Parameter).default({}),
  Mappings: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown()))).default({}),
  Conditions: z.record(z.string(), z.unknown()).default({}),
  Resources: z.record(z.string(), TemplateResource),
  Outputs: z.record(z.string(), z.looseObject({ Value: z.unknown() })).default({}),
});
export type Template = z.infer<typeof Template>;

const StackArtifact = z.object({
  type: z.literal('aws:cloudformation:stack'),
  environment: z.string().regex(/^aws:\/\/[^/]+\/[^/]+$/),
  properties: z.object({ templateFile: z.string(), stackName: z.string().optional() }),
});
const AssetsArtifact = z.object({
  type: z.literal('cdk:asset-manifest'),
  properties: z.object({ file: z.string() }),
});
const Manifest = z.object({ artifacts: z.record(z.string(), z.unknown()) });
const AssetManifest = z.object({
  files: z
    .record(
      z.string(),
      z.object({
        source: z.object({ path: z.string().optional() }),
        destinations: z.record(z.string(), z.object({ objectKey: z.string() })),
      }),
    )
    .default({}),
});

/** A synthesized stack: its template, and where each asset that the template names by S3 key lies on disk. */
export interface Assembly {
  readonly stackName: string;
  readonly region: string;
  readonly template: Template;
  readonly assets: ReadonlyMap<string, string>;
}

const DEFAULT_REGION = 'eu-west-1';

/**
 * Reads the one stack of a cloud assembly (`cdk.out`).
 *
 * @throws when the assembly holds no stack or several: one stack is one stage, and one machine runs one stage.
 */
export function loadAssembly(directory: string): Assembly {
  const read = (file: string): unknown => JSON.parse(readFileSync(join(directory, file), 'utf8'));
  const artifacts = Object.entries(Manifest.parse(read('manifest.json')).artifacts);

  const stacks = artifacts.flatMap(([name, artifact]) => {
    const stack = StackArtifact.safeParse(artifact);
    return stack.success ? [{ name, ...stack.data }] : [];
  });
  const [stack, another] = stacks;
  if (stack === undefined || another !== undefined) {
    throw new Error(`${directory} holds ${stacks.length} stacks, and one machine runs exactly one`);
  }

  const assets = artifacts.flatMap(([, artifact]) => {
    const manifest = AssetsArtifact.safeParse(artifact);
    if (!manifest.success) return [];
    return Object.values(AssetManifest.parse(read(manifest.data.properties.file)).files);
  });
  const assetPaths = assets.flatMap(({ source, destinations }) =>
    Object.values(destinations).map(
      ({ objectKey }) => [objectKey, join(directory, source.path ?? '')] as const,
    ),
  );

  const region = stack.environment.split('/').at(-1) ?? DEFAULT_REGION;
  return {
    stackName: stack.properties.stackName ?? stack.name,
    region: region === 'unknown-region' ? DEFAULT_REGION : region,
    template: Template.parse(read(stack.properties.templateFile)),
    assets: new Map(assetPaths),
  };
}
