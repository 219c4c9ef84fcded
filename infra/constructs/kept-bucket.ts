import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

export interface KeptBucketProps {
  readonly encryptionKey: IKey;
  /** How many days an object lives under each prefix (`''` for all). */
  readonly expireDays: Readonly<Record<string, number>>;
}

/** A bucket as every one is kept: private, encrypted, TLS only, outliving the stack; its objects expire. */
export class KeptBucket extends Bucket {
  constructor(scope: Construct, id: string, props: KeptBucketProps) {
    super(scope, id, {
      encryption: BucketEncryption.KMS,
      encryptionKey: props.encryptionKey,
      bucketKeyEnabled: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: [
        { abortIncompleteMultipartUploadAfter: Duration.days(1) },
        ...Object.entries(props.expireDays).map(([prefix, days]) => ({
          ...(prefix !== '' && { prefix }),
          expiration: Duration.days(days),
        })),
      ],
    });
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'Only roles of this stack read or write here, so server access logs would repeat what their own logs say, in a second bucket of object names to erase from.',
    });
  }
}
