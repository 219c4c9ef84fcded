import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { by, describeNeeds } from '#test/support/needs.ts';

const s3 = by(S3Client);
const object = { Bucket: 'exports', Key: 'a b/é.csv' };

describeNeeds([
  [
    'PutObject',
    s3((client) => client.send(new PutObjectCommand({ ...object, Body: 'x' }))),
    ['s3:PutObject arn:aws:s3:::exports/a b/é.csv'],
  ],
  [
    'GetObject',
    s3((client) => client.send(new GetObjectCommand(object))),
    ['s3:GetObject arn:aws:s3:::exports/a b/é.csv'],
  ],
  [
    'HeadObject',
    s3((client) => client.send(new HeadObjectCommand(object))),
    ['s3:GetObject arn:aws:s3:::exports/a b/é.csv'],
  ],
  [
    'DeleteObject',
    s3((client) => client.send(new DeleteObjectCommand(object))),
    ['s3:DeleteObject arn:aws:s3:::exports/a b/é.csv'],
  ],
  [
    'ListObjectsV2',
    s3((client) => client.send(new ListObjectsV2Command({ Bucket: 'exports', Prefix: 'a/' }))),
    ['s3:ListBucket arn:aws:s3:::exports'],
  ],
  [
    'CreateMultipartUpload',
    s3((client) => client.send(new CreateMultipartUploadCommand(object))),
    ['s3:PutObject arn:aws:s3:::exports/a b/é.csv'],
  ],
  [
    'UploadPart',
    s3((client) =>
      client.send(new UploadPartCommand({ ...object, UploadId: 'u', PartNumber: 1, Body: 'x' })),
    ),
    ['s3:PutObject arn:aws:s3:::exports/a b/é.csv'],
  ],
  [
    'CompleteMultipartUpload',
    s3((client) => client.send(new CompleteMultipartUploadCommand({ ...object, UploadId: 'u' }))),
    ['s3:PutObject arn:aws:s3:::exports/a b/é.csv'],
  ],
  [
    'AbortMultipartUpload',
    s3((client) => client.send(new AbortMultipartUploadCommand({ ...object, UploadId: 'u' }))),
    ['s3:AbortMultipartUpload arn:aws:s3:::exports/a b/é.csv'],
  ],
]);
