import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import * as z from 'zod';
import { cdpApp, cdpStack } from '#infra/cdp-app.ts';
import { parseConfig, type StageConfig } from '#infra/config.ts';

const Resource = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DeletionPolicy: z.string().optional(),
  UpdateReplacePolicy: z.string().optional(),
});
export type Resource = z.infer<typeof Resource>;

export const TemplateJson = z.object({
  Resources: z.record(z.string(), Resource),
  Outputs: z.record(z.string(), z.unknown()),
});

/** The smallest settings that a stage may have, and what the test is about. */
export const stageConfig = (settings: Readonly<Record<string, unknown>> = {}): StageConfig =>
  parseConfig(
    {
      region: 'eu-west-3',
      legalEntity: 'example-company',
      email: { domain: 'mail.example.com' },
      ...settings,
    },
    'config/test.json',
  );

/** Synthesizes a stage in this process, without bundling. Strictly: as `npm run synth` does, throwing for findings. */
export function synthesize({ config = stageConfig(), strict = false } = {}): Template {
  const outdir = mkdtempSync(join(tmpdir(), 'tributary-synth-'));
  try {
    const app = cdpApp({ validate: strict, outdir, context: { 'aws:cdk:bundling-stacks': [] } });
    return Template.fromStack(cdpStack(app, 'test', config));
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

export const resourcesOf = (template: Template): Readonly<Record<string, Resource>> =>
  TemplateJson.parse(template.toJSON()).Resources;

export const ofType = (template: Template, type: string): readonly (readonly [string, Resource])[] =>
  Object.entries(resourcesOf(template)).filter(([, resource]) => resource.Type === type);
