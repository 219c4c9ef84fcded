import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  eventually,
  failedFrom,
  finished,
  MAPPING_ID,
  openBench,
  sequencesOf,
  textsOf,
  threw,
} from '#test/support/local/mapping-bench.ts';

const Traffic = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 25 });
const Properties = fc.record({
  BatchSize: fc.integer({ min: 1, max: 5 }),
  ParallelizationFactor: fc.integer({ min: 1, max: 4 }),
  BisectBatchOnFunctionError: fc.boolean(),
  MaximumRetryAttempts: fc.integer({ min: 0, max: 2 }),
});
/** What each invocation does, in turn; after them every one succeeds. */
const Answers = fc.array(fc.oneof(fc.constantFrom('finish', 'throw'), fc.nat({ max: 4 })), { maxLength: 12 });

const numbered = (keys: readonly string[]): string[] => {
  const counts = new Map<string, number>();
  return keys.map((key) => {
    counts.set(key, (counts.get(key) ?? 0) + 1);
    return `${key}=${counts.get(key)}`;
  });
};
const firstSights = (texts: readonly string[], key: string): string[] => [
  ...new Set(texts.filter((text) => text.startsWith(key))),
];

it('loses nothing and keeps the order of each key, whatever the function answers', async () => {
  await fc.assert(
    fc.asyncProperty(Traffic, Properties, Answers, async (keys, properties, answers) => {
      const bench = openBench(2);
      const turns = answers.values();
      const taken = new Set<string>();
      const texts = numbered(keys);
      await bench.start(
        {
          ...properties,
          FunctionResponseTypes: ['ReportBatchItemFailures'],
          DestinationConfig: { OnFailure: { Destination: 'arn:aws:s3:::failed' } },
        },
        async (event) => {
          const turn = turns.next().value ?? 'finish';
          await new Promise((resolve) => setTimeout(resolve, Math.random() * 2));
          if (turn === 'throw') return threw;
          const batch = textsOf(event);
          const upTo = turn === 'finish' ? batch.length : Number(turn) % batch.length;
          for (const text of batch.slice(0, upTo)) taken.add(text);
          return upTo === batch.length ? finished : failedFrom(sequencesOf(event)[upTo]);
        },
      );
      const given = () => bench.failed.flatMap(({ body }) => textsOf(JSON.parse(JSON.parse(body).payload)));
      for (let at = 0; at < texts.length; at += 4) await bench.put(...texts.slice(at, at + 4));
      await eventually(() => new Set([...taken, ...given()]).size === texts.length);
      await bench.stop();

      // Each record is taken or given up, and not both.
      expect([...taken, ...given()].toSorted()).toEqual(texts.toSorted());
      // The first sight of each record of a key comes in the order of the key.
      for (const key of 'abcd') {
        expect(firstSights(bench.texts(), key)).toEqual(texts.filter((text) => text.startsWith(key)));
      }
      // Nothing is delivered again: the checkpoints stand behind the last record.
      bench.events.length = 0;
      await bench.start({});
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect(bench.events).toEqual([]);
      await bench.close();
    }),
    { numRuns: 40 },
  );
}, 60_000);

it('keeps the order of each key while shards split and merge under traffic', async () => {
  const bench = openBench(2);
  const keys = Array.from({ length: 40 }, (_, index) => `k${index}-`);
  const texts: string[] = [];
  let round = 0;
  const traffic = async () => {
    round += 1;
    const batch = keys.map((key) => `${key}=${round}`);
    texts.push(...batch);
    await bench.put(...batch);
  };
  const pause = () => new Promise((resolve) => setTimeout(resolve, 1));
  await bench.start({ BatchSize: 7, ParallelizationFactor: 2 }, async () => {
    await pause();
    return finished;
  });

  await traffic();
  const middle = String(2n ** 126n);
  await bench.call('SplitShard', { ShardToSplit: 'shardId-000000000000', NewStartingHashKey: middle });
  await traffic();
  await pause();
  await traffic();
  await bench.call('MergeShards', {
    ShardToMerge: 'shardId-000000000003',
    AdjacentShardToMerge: 'shardId-000000000001',
  });
  await traffic();
  await bench.call('SplitShard', {
    ShardToSplit: 'shardId-000000000004',
    NewStartingHashKey: String(2n ** 127n),
  });
  await traffic();
  await eventually(() => bench.texts().length >= texts.length);

  const seen = bench.texts();
  for (const key of keys) {
    expect(seen.filter((text) => text.startsWith(key))).toEqual([1, 2, 3, 4, 5].map((n) => `${key}=${n}`));
  }
  const ended = [...bench.checkpoints.load(MAPPING_ID)].filter(([, place]) => place === 'SHARD_END');
  expect(ended.map(([shard]) => Number(shard.slice(-3))).toSorted()).toEqual([0, 1, 3, 4]);
  await bench.close();
});
