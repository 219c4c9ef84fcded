import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { keptTable } from './kept-table.ts';

export interface QualityProps {
  readonly encryptionKey: IKey;
}

/** What became of each source's events, counted by the hour. */
export class Quality extends Construct {
  readonly table: TableV2;

  constructor(scope: Construct, id: string, { encryptionKey }: QualityProps) {
    super(scope, id);
    this.table = new TableV2(this, 'Table', {
      ...keptTable(encryptionKey),
      partitionKey: { name: 'source', type: AttributeType.STRING },
      sortKey: { name: 'place', type: AttributeType.STRING },
      timeToLiveAttribute: 'ttl',
    });
  }
}
