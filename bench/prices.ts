/** What AWS asks for one unit, with where that is written and of when it is. */
export interface Price {
  readonly what: string;
  /** US dollars for one `unit`. */
  readonly usd: number;
  readonly unit: string;
  readonly page: string;
  readonly read: string;
}

/** Price files that Infracost's tests were made from by AWS's price API, of that day. */
const INFRACOST = 'Infracost price file, 2024-07-01';

/**
 * List prices of us-east-1 in US dollars, before any free allowance. docs/cost.md prints this table,
 * and a test holds the two to each other.
 */
export const PRICES = {
  httpRequest: {
    what: 'HTTP API, requests of up to 512 KB',
    usd: 1,
    unit: 'million',
    page: 'https://aws.amazon.com/api-gateway/pricing/',
    read: INFRACOST,
  },
  lambdaRequest: {
    what: 'Lambda, invocations',
    usd: 0.2,
    unit: 'million',
    page: 'https://aws.amazon.com/lambda/pricing/',
    read: INFRACOST,
  },
  lambdaTime: {
    what: 'Lambda on arm64, memory by time',
    usd: 13.3334,
    unit: 'million GB-seconds',
    page: 'https://aws.amazon.com/lambda/pricing/',
    read: INFRACOST,
  },
  payloadUnit: {
    what: 'Kinesis provisioned, PUT payload units of 25 KB',
    usd: 0.014,
    unit: 'million',
    page: 'https://aws.amazon.com/kinesis/data-streams/pricing/',
    read: INFRACOST,
  },
  shard: {
    what: 'Kinesis provisioned, a shard',
    usd: 0.015,
    unit: 'hour',
    page: 'https://aws.amazon.com/kinesis/data-streams/pricing/',
    read: INFRACOST,
  },
  onDemandStream: {
    what: 'Kinesis on demand, a stream',
    usd: 0.04,
    unit: 'hour',
    page: 'https://aws.amazon.com/kinesis/data-streams/pricing/',
    read: INFRACOST,
  },
  onDemandData: {
    what: 'Kinesis on demand, each record in whole KB: in once, out once',
    usd: 0.12,
    unit: 'GB',
    page: 'https://aws.amazon.com/kinesis/data-streams/pricing/',
    read: INFRACOST,
  },
  writeUnit: {
    what: 'DynamoDB on demand, write units',
    usd: 0.625,
    unit: 'million',
    page: 'https://aws.amazon.com/dynamodb/pricing/on-demand/',
    read: "AWS's own calculator in aws/agent-toolkit-for-aws, 2026-08-20",
  },
  readUnit: {
    what: 'DynamoDB on demand, read units',
    usd: 0.125,
    unit: 'million',
    page: 'https://aws.amazon.com/dynamodb/pricing/on-demand/',
    read: "AWS's own calculator in aws/agent-toolkit-for-aws, 2026-08-20",
  },
  stored: {
    what: 'DynamoDB, storage and its continuous backup (0.25 + 0.20)',
    usd: 0.45,
    unit: 'GB-month',
    page: 'https://aws.amazon.com/dynamodb/pricing/on-demand/',
    read: 'Infracost price file, 2024-11-15',
  },
  busEvent: {
    what: 'EventBridge, events put on a bus',
    usd: 1,
    unit: 'million',
    page: 'https://aws.amazon.com/eventbridge/pricing/',
    read: INFRACOST,
  },
  schedule: {
    what: 'EventBridge Scheduler, invocations',
    usd: 1,
    unit: 'million',
    page: 'https://aws.amazon.com/eventbridge/pricing/',
    read: 'from memory, 2026-11',
  },
  logs: {
    what: 'CloudWatch Logs, taken in and kept for a month (0.50 + 0.03)',
    usd: 0.53,
    unit: 'GB',
    page: 'https://aws.amazon.com/cloudwatch/pricing/',
    read: INFRACOST,
  },
  customMetric: {
    what: 'CloudWatch, a custom metric in a month in which it is written throughout',
    usd: 0.3,
    unit: 'metric',
    page: 'https://aws.amazon.com/cloudwatch/pricing/',
    read: 'from memory, 2026-11',
  },
  alarmMetric: {
    what: 'CloudWatch, a metric that an alarm watches',
    usd: 0.1,
    unit: 'metric-month',
    page: 'https://aws.amazon.com/cloudwatch/pricing/',
    read: INFRACOST,
  },
  dashboard: {
    what: 'CloudWatch, a dashboard',
    usd: 3,
    unit: 'month',
    page: 'https://aws.amazon.com/cloudwatch/pricing/',
    read: INFRACOST,
  },
  key: {
    what: 'KMS, a key',
    usd: 1,
    unit: 'month',
    page: 'https://aws.amazon.com/kms/pricing/',
    read: INFRACOST,
  },
  keyUse: {
    what: 'KMS, requests',
    usd: 3,
    unit: 'million',
    page: 'https://aws.amazon.com/kms/pricing/',
    read: INFRACOST,
  },
  secret: {
    what: 'Secrets Manager, a secret',
    usd: 0.4,
    unit: 'month',
    page: 'https://aws.amazon.com/secrets-manager/pricing/',
    read: INFRACOST,
  },
  dataOut: {
    what: 'Data transfer to the internet',
    usd: 0.09,
    unit: 'GB',
    page: 'https://aws.amazon.com/ec2/pricing/on-demand/',
    read: 'awsforengineers.com, API Gateway pricing, 2025-05-19',
  },
} as const satisfies Readonly<Record<string, Price>>;
export type PriceName = keyof typeof PRICES;

const SIZES: Readonly<Record<string, number>> = { million: 1e6, 'million GB-seconds': 1e6, GB: 1e9 };

/** What a number of pieces, bytes or GB-seconds cost. */
export function usdOf(name: PriceName, quantity: number): number {
  const { usd, unit } = PRICES[name];
  return (quantity / (SIZES[unit] ?? 1)) * usd;
}
