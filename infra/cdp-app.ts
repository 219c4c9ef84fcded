import { createRequire } from 'node:module';
import { App, type AppProps, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import * as z from 'zod';
import { CdpStack } from './cdp-stack.ts';
import type { StageConfig } from './config.ts';

const Flags = z.record(z.string(), z.unknown());
const flags = Flags.parse(createRequire(import.meta.url)('aws-cdk-lib/recommended-feature-flags.json'));

export interface CdpAppProps {
  /** Whether what CloudFormation or good practice would refuse stops the synthesis. Costs seconds. */
  readonly validate: boolean;
  /** @default the CLI's folder, or a new temporary one */
  readonly outdir?: string;
  /** @default nothing beside the library's own flags */
  readonly context?: Readonly<Record<string, unknown>>;
}

/** The app that holds the stages' stacks; the same from the CLI, on one machine and in tests. */
export function cdpApp({ validate, outdir, context }: CdpAppProps): App {
  const props: AppProps = {
    ...(outdir !== undefined && { outdir }),
    builtinCloudFormationValidation: validate,
    treeMetadata: false,
    analyticsReporting: false,
    // in code, since cdk.json is read by the CLI alone: everything synthesizes the same template
    context: { ...flags, '@aws-cdk/core:validateAgainstDefaultRules': validate, ...context },
  };
  const app = new App(props);
  if (validate) Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return app;
}

/** The one stack of a stage. */
export const cdpStack = (app: App, stage: string, config: StageConfig): CdpStack =>
  new CdpStack(app, `Tributary-${stage}`, { config, terminationProtection: true });
