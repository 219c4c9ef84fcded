import { setTimeout as pause } from 'node:timers/promises';
import { PutObjectCommand, type PutObjectCommandInput, type S3Client } from '@aws-sdk/client-s3';
import { UnavailableError } from '#shared/kernel/errors.ts';

const ATTEMPTS = 5;

/**
 * Puts an object where none lies. https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 *
 * @returns false where one lies, which stays as it is. It may be this one, put by an attempt whose answer was lost.
 * @throws {UnavailableError} when somebody else was about to put it, every time.
 */
export async function putIfAbsent(client: S3Client, object: PutObjectCommandInput): Promise<boolean> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    try {
      await client.send(new PutObjectCommand({ ...object, IfNoneMatch: '*' }));
      return true;
    } catch (fault) {
      if (isNamed(fault, 'PreconditionFailed')) return false;
      // Another write of this key is under way; it may yet fail, so that ours has to be tried again
      if (!isNamed(fault, 'ConditionalRequestConflict')) throw fault;
      await pause(20 * 2 ** attempt);
    }
  }
  throw new UnavailableError('an object was being written by another for all attempts');
}

const isNamed = (fault: unknown, name: string): boolean => fault instanceof Error && fault.name === name;
