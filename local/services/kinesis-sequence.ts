import { createHash } from 'node:crypto';

/** Partition keys hash to a 128-bit number; each shard owns a range of them. */
export const HASH_KEYS = 2n ** 128n;

/** https://docs.aws.amazon.com/streams/latest/dev/key-concepts.html#partition-key */
export const hashKeyOf = (partitionKey: string): bigint =>
  BigInt(`0x${createHash('md5').update(partitionKey, 'utf8').digest('hex')}`);

export const shardIdOf = (index: number): string => `shardId-${String(index).padStart(12, '0')}`;

/** Where a record stands: the shard's birth first, so that a child's numbers all exceed its parents'. */
interface Place {
  /** Seconds since 1970; a child is born at least one second after its parents. */
  readonly shardBornAt: number;
  readonly shardIndex: number;
  /** Counts the records of the stream. */
  readonly counter: number;
}

const HEAD = 2n << 184n;
const BELOW_COUNTER = 2n ** 84n;
const upToCounter = ({ shardBornAt, counter }: Place): bigint =>
  HEAD | (BigInt(shardBornAt) << 148n) | (BigInt(counter) << 84n);

/** 56 digits, as AWS's are: numbers compare as BigInt and, all being equally long, as text. */
export const sequenceNumberAt = (place: Place, seconds: number): string =>
  (upToCounter(place) | (BigInt(seconds) << 36n) | (BigInt(place.shardIndex) << 4n) | 2n).toString();

/** After every record of the shard up to the counter, before any later one. */
export const endOfSequence = (place: Place): string => (upToCounter(place) | (BELOW_COUNTER - 1n)).toString();

/** The number just before, to read *at* a record by reading after something. */
export const justBefore = (sequenceNumber: string): string => (BigInt(sequenceNumber) - 1n).toString();
