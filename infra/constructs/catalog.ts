import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { keptTable } from './kept-table.ts';

export interface CatalogProps {
  readonly encryptionKey: IKey;
}

/** What people define: sources, segments, exports and campaigns, with every former version. */
export class Catalog extends Construct {
  readonly table: TableV2;

  constructor(scope: Construct, id: string, props: CatalogProps) {
    super(scope, id);
    this.table = new TableV2(this, 'Table', {
      ...keptTable(props.encryptionKey),
      partitionKey: { name: 'kind', type: AttributeType.STRING },
      sortKey: { name: 'id', type: AttributeType.STRING },
    });
  }
}
