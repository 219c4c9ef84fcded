import { RemovalPolicy } from 'aws-cdk-lib';
import { Billing, TableEncryptionV2, type TablePropsV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';

/** How every table is kept: paid by use, restorable to any second of 35 days, outliving the stack. */
export const keptTable = (key: IKey): Omit<TablePropsV2, 'partitionKey'> => ({
  billing: Billing.onDemand(),
  encryption: TableEncryptionV2.customerManagedKey(key),
  pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
  deletionProtection: true,
  removalPolicy: RemovalPolicy.RETAIN,
});
