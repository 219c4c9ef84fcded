import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { bundle, HANDLERS, type Handler } from '#infra/bundle.ts';

let bundles: ReturnType<typeof bundle<Handler>> | undefined;

/**
 * The code of a handler, ready to deploy. The first to ask has all of them bundled, in one go.
 *
 * Where bundling is off for the stack (context `aws:cdk:bundling-stacks`), as in tests of the
 * template, there is a placeholder in its stead.
 */
export function handlerCode(scope: Construct, entry: Handler): Code {
  if (!Stack.of(scope).bundlingRequired) return Code.fromInline('// bundling is off');
  if (bundles === undefined) {
    bundles = bundle(HANDLERS, join(import.meta.dirname, '../..'));
    // assets are copied into the cloud assembly as they are made; nothing reads the originals later
    process.once('exit', bundles.remove);
  }
  return Code.fromAsset(bundles.folderOf(entry));
}
