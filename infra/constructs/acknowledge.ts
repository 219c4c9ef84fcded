import { Stack, Validations } from 'aws-cdk-lib';
import type { HttpRoute } from 'aws-cdk-lib/aws-apigatewayv2';
// not part of cdk-nag's front, but the very text by which it names a finding
import { flattenCfnReference } from 'cdk-nag/lib/utils/flatten-cfn-reference.js';
import type { IConstruct } from 'constructs';

/** States why the policies under `scope` name `resources` by a pattern: these patterns and no other. */
export function acknowledgePatterns(scope: IConstruct, resources: readonly string[], reason: string): void {
  for (const resource of resources) {
    const pattern = flattenCfnReference(Stack.of(scope).resolve(resource));
    Validations.of(scope).acknowledge({ id: `AwsSolutions-IAM5[Resource::${pattern}]`, reason });
  }
}

/** States why routes stand open at the gateway. */
export function acknowledgeOpen(routes: readonly HttpRoute[], reason: string): void {
  for (const route of routes) Validations.of(route).acknowledge({ id: 'AwsSolutions-APIG4', reason });
}
