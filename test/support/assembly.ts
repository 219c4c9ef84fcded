import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import * as z from 'zod';

declare module 'vitest' {
  interface ProvidedContext {
    /** The synthesized stack, made once for all files of a project. */
    readonly assembly: string;
  }
}

const ROOT = join(import.meta.dirname, '../..');

/** Synthesizes the stack once, for every file of a project that starts it: `inject('assembly')` is where. */
export default async function provideAssembly(project: TestProject): Promise<() => void> {
  const assembly = await synthesize();
  project.provide('assembly', assembly);
  return () => rmSync(assembly, { recursive: true, force: true });
}

/** Synthesizes the stack into a temporary directory. */
export async function synthesize(): Promise<string> {
  const assembly = mkdtempSync(join(tmpdir(), 'tributary-assembly-'));
  const env = { ...process.env, CDK_OUTDIR: assembly, CDK_VALIDATION: 'false' };
  await promisify(execFile)(process.execPath, ['infra/app.ts'], { cwd: ROOT, env });
  return assembly;
}

export const Statement = z.looseObject({
  Action: z.union([z.string(), z.array(z.string())]).transform((action) => [action].flat()),
  Resource: z.unknown(),
});

const Resource = z.looseObject({ Type: z.string(), Properties: z.record(z.string(), z.unknown()) });
export const Template = z.looseObject({ Resources: z.record(z.string(), Resource) });
export type Template = z.infer<typeof Template>;

const Assets = z.looseObject({ files: z.record(z.string(), z.unknown()) });

/** What a test makes of the synthesized stack: its template, and code that the stack has not of itself. */
export interface AssemblyEdit {
  readonly template: (template: Template) => Template;
  /** Sources of modules by the S3 key that the template names them by. */
  readonly code?: Readonly<Record<string, string>>;
}

const STACK = 'Tributary-local';

/** A copy of an assembly with something else in it, at `to`. */
export function editAssembly(assembly: string, to: string, { template, code = {} }: AssemblyEdit): string {
  cpSync(assembly, to, { recursive: true });
  const edit = <S extends z.ZodType>(file: string, schema: S, change: (value: z.output<S>) => unknown) => {
    const path = join(to, file);
    writeFileSync(path, JSON.stringify(change(schema.parse(JSON.parse(readFileSync(path, 'utf8'))))));
  };
  edit(`${STACK}.template.json`, Template, template);
  for (const [objectKey, source] of Object.entries(code)) {
    const path = `asset.${objectKey}`;
    mkdirSync(join(to, path));
    writeFileSync(join(to, path, 'index.mjs'), source);
    const asset = { source: { path, packaging: 'zip' }, destinations: { here: { objectKey } } };
    edit(`${STACK}.assets.json`, Assets, (assets) => ({
      ...assets,
      files: { ...assets.files, [objectKey]: asset },
    }));
  }
  return to;
}
