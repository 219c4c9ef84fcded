import fc from 'fast-check';
import { beforeAll, expect, it, vi } from 'vitest';
import { QuarantineEntry } from '#shared/events/quarantine-entry.ts';
import { StreamRecord } from '#shared/events/stream-record.ts';
import { collecting } from '#test/support/collecting.ts';
import { documentedReasons } from '#test/support/documented-reasons.ts';
import { faultOf } from '#test/support/fuzz/answers.ts';
import { type FuzzRequest, legible } from '#test/support/fuzz/fuzz-request.ts';
import { fuzzRequests } from '#test/support/fuzz/fuzz-requests.ts';
import { expected, pathOf } from '#test/support/fuzz/oracle.ts';

// thousands of lines of it
beforeAll(() => void vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'true'));

const reasons = documentedReasons();

const asWritten = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** Asks as the gateway does, with the bytes as they are. */
async function answerTo(request: FuzzRequest, { ask }: ReturnType<typeof collecting>) {
  const { method, headers, body } = request;
  const path = pathOf(request) ?? '/';
  const query = Object.fromEntries(new URLSearchParams(request.path.split('?').slice(1).join('?')));
  const { status, body: said } = await ask({ method, path, query, headers, body });
  return {
    status,
    text: typeof said === 'string' || Buffer.isBuffer(said) ? `${said}` : JSON.stringify(said),
  };
}

it('takes in, drops or keeps with its reason each event of whatever is sent, and answers no fault', async () => {
  await fc.assert(
    fc.asyncProperty(fuzzRequests({ largeEvery: 700 }), async (request) => {
      const collect = collecting();
      const answer = await answerTo(request, collect);

      const verdict = expected(request, { isBehindGateway: false });
      expect(faultOf(request, answer, verdict), legible(request)).toBeUndefined();

      // What goes on can be read by whoever reads it next
      const records = collect.stream.map(({ record }) => StreamRecord.parse(asWritten(record)));
      const taken = records.flatMap(({ events }) => events).length;
      const kept = collect.quarantined.flatMap(({ source, entries }) =>
        entries.map((entry, n) => QuarantineEntry.parse(asWritten({ ...entry, source, n }))),
      );
      const { accepted = 0, rejected = 0 } = answer.status === 200 ? JSON.parse(answer.text) : {};
      expect([taken, kept.length], legible(request)).toEqual([accepted, rejected]);
      expect(kept.map(({ reason }) => reason).filter((reason) => !reasons.has(reason))).toEqual([]);
    }),
    { numRuns: 3_000 },
  );
});
