import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { MiddlewareObj } from '@middy/core';

/** The one logger. What is logged holds no personal data: kinds, counts, ids of definitions, codes. */
export const logger = new Logger({ serviceName: 'tributary' });

const metricsOf = (capability: string) => new Metrics({ namespace: 'Tributary', serviceName: capability });

let metrics = metricsOf('tributary');

/** Adds to a count that CloudWatch sums; written with the others when the invocation ends. */
export function count(name: string, value = 1): void {
  if (value > 0) metrics.addMetric(name, MetricUnit.Count, value);
}

/** Notes how long something took or was late, of which CloudWatch keeps the greatest; written likewise. */
export function measure(name: string, milliseconds: number): void {
  metrics.addMetric(name, MetricUnit.Milliseconds, milliseconds);
}

/**
 * Names the capability in every log line and metric (namespace `Tributary`, dimension `service`) of
 * a function, and writes its metrics when an invocation ends, however it ends.
 */
export function telemetry<E, R>(capability: string): MiddlewareObj<E, R> {
  // once a function, since a service's name is settled when its metrics are made
  metrics = metricsOf(capability);
  const publish = (): void => {
    if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  };
  return {
    before: ({ context }) => {
      logger.resetKeys();
      logger.appendKeys({ capability, requestId: context.awsRequestId });
    },
    after: publish,
    onError: publish,
  };
}
