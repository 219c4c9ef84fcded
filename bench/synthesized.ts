import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Template } from '#test/support/assembly.ts';

const ROOT = join(import.meta.dirname, '..');

/** Synthesizes the stage `local` of this repository into a folder, handlers bundled. @returns its template. */
export function synthesizeInto(outdir: string): Template {
  execFileSync(process.execPath, ['infra/app.ts'], {
    cwd: ROOT,
    env: { ...process.env, CDK_OUTDIR: outdir, CDK_VALIDATION: 'false' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return Template.parse(JSON.parse(readFileSync(join(outdir, 'Tributary-local.template.json'), 'utf8')));
}
