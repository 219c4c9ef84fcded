import * as z from 'zod';
import { type FuzzRequest, legible } from './fuzz-request.ts';
import { BATCH_EVENTS, type Verdict } from './oracle.ts';

export interface FuzzAnswer {
  readonly status: number;
  readonly text: string;
}

const Counted = z.object({
  success: z.literal(true),
  accepted: z.int().nonnegative(),
  rejected: z.int().nonnegative(),
  dropped: z.int().nonnegative().default(0),
});
type Counted = z.infer<typeof Counted>;

const NOTHING = { success: true, accepted: 0, rejected: 0, dropped: 0 } as const;

function readCounted({ status, text }: FuzzAnswer): Counted | undefined {
  if (status !== 200 || !text.startsWith('{')) return undefined;
  return Counted.safeParse(JSON.parse(text)).data;
}

/** What an answer says has become of the events; nothing of any where it is a refusal. */
export const countedIn = (answer: FuzzAnswer): Counted => readCounted(answer) ?? NOTHING;

/** What is wrong with an answer, by what has to become of its request; nothing where it is right. */
export function faultOf(request: FuzzRequest, answer: FuzzAnswer, verdict: Verdict): string | undefined {
  const { status } = answer;
  const counted = readCounted(answer);
  const { accepted, rejected, dropped } = counted ?? NOTHING;
  const sum = accepted + rejected + dropped;
  if (status < 200 || status > 499 || status === 429) return `answered ${status}: ${answer.text}`;
  if (verdict.kind === 'idle') return sum > 0 ? `took ${sum} events from nowhere` : undefined;
  const isRefused = status >= 400;
  if (verdict.kind === 'image') return isRefused ? `answered ${status} to an image` : undefined;
  if (verdict.kind === 'refused')
    return isRefused ? undefined : `answered ${status}, refused: ${verdict.why}`;
  if ((verdict.kind === 'either' || verdict.kind === 'strict') && isRefused) return undefined;
  if (counted === undefined) return `answered ${status} to ${verdict.events} events: ${answer.text}`;
  if (verdict.kind === 'strict' && rejected > 0) return `strictly, and rejected: ${answer.text}`;
  if (accepted + dropped > BATCH_EVENTS) return `more than a batch may have: ${answer.text}`;
  if (sum !== verdict.events) return `${verdict.events} events, and answered: ${answer.text}`;
  if (request.isSound && rejected > 0) return `what a client sends, and rejected: ${answer.text}`;
  return undefined;
}

/** Counts what was answered, so that it can be compared with what is there in the end. */
export function openLedger() {
  const names = new Set<string>();
  const totals = { requests: 0, accepted: 0, rejected: 0, dropped: 0, repeated: 0, images: 0 };
  const statuses = new Map<string, number>();

  return {
    totals: (): Readonly<typeof totals> => totals,
    /** How often each kind of request was answered with each status, in words. */
    statuses: (): readonly string[] => [...statuses].sort().map(([name, count]) => `${count} × ${name}`),

    /**
     * @param isAgain whether the same request was answered before: what it was taken for is then there already.
     * @throws for a request of which nobody can say which of its messages come twice.
     */
    note(
      request: FuzzRequest,
      { answer, verdict, isAgain }: { answer: FuzzAnswer; verdict: Verdict; isAgain: boolean },
    ): void {
      const status = `${request.kind.split(', ')[0]} → ${answer.status}`;
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      totals.requests += 1;
      const { accepted, rejected, dropped } = countedIn(answer);
      totals.accepted += accepted;
      totals.rejected += rejected;
      totals.dropped += dropped;
      if (verdict.kind === 'image') totals.images += 1;
      if (isAgain) totals.repeated += accepted;
      if (isAgain || !('names' in verdict)) return;

      const told = verdict.names.filter((name) => name !== '');
      const news = told.filter((name) => !names.has(name) && names.add(name));
      const repeated = told.length - news.length;
      if (repeated === 0 || accepted === 0) return;
      if (accepted < verdict.events) {
        throw new Error(`of what comes twice some is rejected: is it the same?\n${legible(request)}`);
      }
      totals.repeated += repeated;
    },
  };
}
