import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { MiddlewareObj } from '@middy/core';

type Fields = Readonly<Record<string, unknown>>;

const writer = new Logger({ serviceName: 'tributary' });

/** Whose the lines are. Put into each as it is written: hardly an invocation writes one. */
let invocation: Fields = {};

/** The one logger. What is logged holds no personal data: kinds, counts, ids of definitions, codes. */
export const logger = {
  info: (message: string, fields: Fields = {}): void => writer.info(message, { ...invocation, ...fields }),
  warn: (message: string, fields: Fields = {}): void => writer.warn(message, { ...invocation, ...fields }),
  error: (message: string, fields: Fields = {}): void => writer.error(message, { ...invocation, ...fields }),
  /** What is less grave is not written. */
  setLogLevel: (level: 'INFO' | 'WARN' | 'ERROR' | 'SILENT'): void => writer.setLogLevel(level),
};

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
      invocation = { capability, requestId: context.awsRequestId };
    },
    after: publish,
    onError: publish,
  };
}
