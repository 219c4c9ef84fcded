import { applyKey } from '#functions/profiles/apply-key.ts';
import { compilePlan } from '#shared/plans/compile-plan.ts';
import { TrackingPlan } from '#shared/plans/tracking-plan.ts';
import type { Person } from '#shared/profiles/activity.ts';
import { admissionRules } from '#shared/sources/admit-events.ts';
import { Source } from '#shared/sources/source.ts';
import { applying } from '#test/support/applying.ts';
import { collecting, RECEIVED_AT, webSource } from '#test/support/collecting.ts';
import type { FuzzAnswer } from './answers.ts';
import type { FuzzRequest } from './fuzz-request.ts';
import { PICKY_PLAN, PICKY_SOURCE } from './fuzz-sources.ts';
import { pathOf } from './oracle.ts';

const PICKY = Source.parse({ ...webSource, ...PICKY_SOURCE });
const SOURCES = [webSource, PICKY];
const RULES = admissionRules(PICKY, compilePlan(TrackingPlan.parse(PICKY_PLAN)));
const STREAM = 'arn:aws:kinesis:eu-west-1:000000000000:stream/events';

/** Asks the function itself as the gateway does, with the bytes as they are. */
export async function askFunction(
  { method, path, headers, body }: FuzzRequest,
  { ask }: Pick<ReturnType<typeof collecting>, 'ask'>,
): Promise<FuzzAnswer> {
  const query = Object.fromEntries(new URLSearchParams(path.split('?').slice(1).join('?')));
  const answer = await ask({ method, path: pathOf({ path }) ?? '/', query, headers, body });
  const isText = typeof answer.body === 'string' || Buffer.isBuffer(answer.body);
  return { status: answer.status, text: isText ? `${answer.body}` : JSON.stringify(answer.body) };
}

/** The function of Collect over ports in memory, with the sources of the fuzz. */
export const collectingFuzz = () =>
  collecting({
    sourceOf: async (key) => SOURCES.find(({ writeKeys }) => writeKeys.includes(key)),
    rulesOf: async (source) => (source === PICKY ? RULES : undefined),
  });

/** Both functions of the way from a request to the people, with nothing but memory between and behind them. */
export function oneProcess() {
  const collect = collectingFuzz();
  const profiles = applying({ startAt: RECEIVED_AT });
  const reasons: string[] = [];
  let sequence = 0;

  return {
    /** Answers when what the request says has come to the people. */
    async send(request: FuzzRequest): Promise<FuzzAnswer> {
      const answer = await askFunction(request, collect);
      for (const { partitionKey, record } of collect.stream.splice(0)) {
        sequence += 1;
        const data = Buffer.from(JSON.stringify(record));
        const records = [{ sequenceNumber: `${sequence}`, data, arrivedAt: RECEIVED_AT }];
        await applyKey({ stream: STREAM, partitionKey, records }, profiles.ports);
      }
      const kept = collect.quarantined.splice(0).flatMap(({ entries }) => entries);
      for (const { reason } of kept) reasons.push(reason);
      collect.counted.splice(0);
      return answer;
    },
    everybody: (): readonly Person[] => profiles.everybody(),
    /** Of everything in quarantine. */
    reasons: (): readonly string[] => [
      ...reasons,
      ...[...profiles.quarantined.values()].map(({ reason }) => reason),
    ],
  };
}
