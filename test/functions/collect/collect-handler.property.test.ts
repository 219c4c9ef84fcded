import fc from 'fast-check';
import { beforeAll, expect, it, vi } from 'vitest';
import { QuarantineEntry } from '#shared/events/quarantine-entry.ts';
import { StreamRecord } from '#shared/events/stream-record.ts';
import { documentedReasons } from '#test/support/documented-reasons.ts';
import { countedIn, faultOf } from '#test/support/fuzz/answers.ts';
import { legible } from '#test/support/fuzz/fuzz-request.ts';
import { fuzzRequests } from '#test/support/fuzz/fuzz-requests.ts';
import { askFunction, collectingFuzz } from '#test/support/fuzz/one-process.ts';
import { expected } from '#test/support/fuzz/oracle.ts';

// thousands of lines of it
beforeAll(() => void vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'true'));

const reasons = documentedReasons();

const asWritten = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

it('takes in, drops or keeps with its reason each event of whatever is sent, and answers no fault', async () => {
  await fc.assert(
    fc.asyncProperty(fuzzRequests({ largeEvery: 1_000 }), async (request) => {
      const collect = collectingFuzz();
      const answer = await askFunction(request, collect);

      const verdict = expected(request, { isBehindGateway: false });
      expect(faultOf(request, answer, verdict), legible(request)).toBeUndefined();

      // What goes on can be read by whoever reads it next
      const records = collect.stream.map(({ record }) => StreamRecord.parse(asWritten(record)));
      const taken = records.flatMap(({ events }) => events).length;
      const kept = collect.quarantined.flatMap(({ source, entries }) =>
        entries.map((entry, n) => QuarantineEntry.parse(asWritten({ ...entry, source, n }))),
      );
      const dropped = collect.counted
        .filter(({ outcome }) => outcome === 'dropped')
        .reduce((sum, { count }) => sum + count, 0);
      const said = countedIn(answer);
      if (verdict.kind === 'image') expect(taken + kept.length + dropped, legible(request)).toBe(1);
      else {
        expect([taken, kept.length, dropped], legible(request)).toEqual([
          said.accepted,
          said.rejected,
          said.dropped,
        ]);
      }
      expect(kept.map(({ reason }) => reason).filter((reason) => !reasons.has(reason))).toEqual([]);
    }),
    { numRuns: 2_000 },
  );
});
