import { RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  HttpApi,
  type HttpApiProps,
  HttpStage,
  LogGroupLogDestination,
  type ThrottleSettings,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

export interface LoggedHttpApiProps extends Omit<HttpApiProps, 'createDefaultStage'> {
  readonly throttle: ThrottleSettings;
  readonly logRetention: RetentionDays;
}

/** An HTTP API with one throttled stage at its root, and an access log that names routes, never paths. */
export class LoggedHttpApi extends HttpApi {
  constructor(scope: Construct, id: string, { throttle, logRetention, ...props }: LoggedHttpApiProps) {
    super(scope, id, { ...props, createDefaultStage: false });
    const accessLog = new LogGroup(this, 'AccessLog', {
      retention: logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    new HttpStage(this, 'Stage', {
      httpApi: this,
      stageName: '$default',
      autoDeploy: true,
      throttle,
      accessLogSettings: {
        destination: new LogGroupLogDestination(accessLog),
        // a path may hold an e-mail address or an unsubscribe token, and an address tells who asked
        format: AccessLogFormat.custom(
          JSON.stringify({
            requestId: '$context.requestId',
            time: '$context.requestTime',
            routeKey: '$context.routeKey',
            status: '$context.status',
            responseLength: '$context.responseLength',
            integrationLatencyMs: '$context.integrationLatency',
            error: '$context.error.messageString',
          }),
        ),
      },
    });
  }
}
