import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ofType, resourcesOf, stageConfig, synthesize } from './stack-template.ts';

/** Rules with a prefix are of parts of a bucket. */
const Lifecycle = z.object({
  LifecycleConfiguration: z.object({
    Rules: z.array(
      z.object({
        Status: z.literal('Enabled'),
        Prefix: z.string().optional(),
        ExpirationInDays: z.number().optional(),
      }),
    ),
  }),
});

const STATEFUL = [
  'AWS::Cognito::UserPool',
  'AWS::DynamoDB::GlobalTable',
  'AWS::KMS::Key',
  'AWS::Kinesis::Stream',
  'AWS::S3::Bucket',
  'AWS::SecretsManager::Secret',
];

describe('what holds data', () => {
  const template = synthesize();
  const stateful = Object.entries(resourcesOf(template)).filter(([, { Type }]) => STATEFUL.includes(Type));

  it('never changes its logical id: a new one would replace it, empty', () => {
    expect(stateful.map(([id, { Type }]) => `${Type} ${id}`).toSorted()).toMatchInlineSnapshot(`
      [
        "AWS::Cognito::UserPool AdminUsersPoolBFD6023E",
        "AWS::DynamoDB::GlobalTable CatalogTableBBEA0CBC",
        "AWS::DynamoDB::GlobalTable ProfilesIdentitiesA291DD69",
        "AWS::DynamoDB::GlobalTable ProfilesPeopleF4AA26BC",
        "AWS::DynamoDB::GlobalTable QualityTable7440C221",
        "AWS::DynamoDB::GlobalTable SegmentsAudiences0EFBD0C7",
        "AWS::KMS::Key Key961B73FD",
        "AWS::Kinesis::Stream EventsStreamA348795C",
        "AWS::S3::Bucket EventsFailedBEE96234",
        "AWS::S3::Bucket EventsQuarantine495FBB34",
        "AWS::S3::Bucket ExportsBucket54D5CE64",
        "AWS::S3::Bucket ImportsBucketB463A28B",
        "AWS::SecretsManager::Secret SendingSigningSecret69A9EFAC",
      ]
    `);
  });

  it.each(stateful)('%s stays when the stack goes', (_id, resource) => {
    expect(resource).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });

  it('in tables is paid by use, restorable, protected and encrypted with our own key', () => {
    template.resourceCountIs('AWS::DynamoDB::GlobalTable', 5);
    template.allResourcesProperties('AWS::DynamoDB::GlobalTable', {
      BillingMode: 'PAY_PER_REQUEST',
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
    });
    for (const [, { Properties }] of ofType(template, 'AWS::DynamoDB::GlobalTable')) {
      expect(Properties.Replicas).toEqual([
        expect.objectContaining({
          DeletionProtectionEnabled: true,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          SSESpecification: { KMSMasterKeyId: expect.anything() },
        }),
      ]);
    }
  });

  it('streams the changes of people, with both images, and lets rows expire', () => {
    const [people = [], ...others] = ofType(template, 'AWS::DynamoDB::GlobalTable').filter(
      ([, { Properties }]) => Properties.StreamSpecification !== undefined,
    );

    expect(others).toEqual([]);
    expect(people[1]?.Properties).toMatchObject({
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
    });
  });

  it('in buckets is private and encrypted with our own key', () => {
    template.resourceCountIs('AWS::S3::Bucket', 4);
    template.allResourcesProperties('AWS::S3::Bucket', {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    });
    for (const [, { Properties }] of ofType(template, 'AWS::S3::BucketPolicy')) {
      expect(JSON.stringify(Properties)).toContain('"aws:SecureTransport":"false"');
    }
  });

  it('expires in buckets: what was set aside after 90 days', () => {
    const daysOf = (name: string) =>
      ofType(template, 'AWS::S3::Bucket')
        .filter(([id]) => id.startsWith(name))
        .flatMap(([, { Properties }]) => Lifecycle.parse(Properties).LifecycleConfiguration.Rules)
        .filter(({ ExpirationInDays }) => ExpirationInDays !== undefined);

    for (const bucket of ['EventsQuarantine', 'EventsFailed']) {
      expect(daysOf(bucket)).toEqual([{ ExpirationInDays: 90, Status: 'Enabled' }]);
    }
  });

  it('expires in tables that say when', () => {
    const expiring = ofType(template, 'AWS::DynamoDB::GlobalTable').flatMap(([id, { Properties }]) =>
      Properties.TimeToLiveSpecification === undefined ? [] : [id.replace(/[0-9A-F]{8}$/, '')],
    );

    expect(expiring.toSorted()).toEqual([
      'ProfilesIdentities',
      'ProfilesPeople',
      'QualityTable',
      'SegmentsAudiences',
    ]);
  });

  it('flows through a stream whose mode the stage chooses', () => {
    const onDemand = synthesize({ config: stageConfig({ stream: { mode: 'on-demand' } }) });

    template.hasResourceProperties('AWS::Kinesis::Stream', {
      ShardCount: 1,
      StreamModeDetails: { StreamMode: 'PROVISIONED' },
    });
    onDemand.hasResourceProperties('AWS::Kinesis::Stream', {
      StreamModeDetails: { StreamMode: 'ON_DEMAND' },
    });
  });
});
