import type { Call, Destination, Speaker } from './call.ts';

/** An SDK in a page, which makes an anonymous id of its own. */
export interface PageSpeaker extends Omit<Speaker, 'finish'> {
  anonymousId(): string | null | undefined;
  /** Forgets who it was that spoke, as when somebody logs out. */
  reset(): unknown;
}

/** What the test tells a page to do. */
export interface PageRun<Options> {
  readonly to: Destination;
  /** Of the SDK itself. */
  readonly options: Options;
  readonly userId: string;
  readonly calls: readonly Call[];
  /** What somebody else does then, who is not known. */
  readonly after: readonly Call[];
}

/** Whom it was about. */
export interface PageRan {
  readonly anonymousId: string;
  readonly stranger: string;
}

/** Lets the test that opened this page call `run(…)` in it. */
export function letRun<Options>(
  start: (to: Destination, who: { userId: string; options: Options }) => Promise<PageSpeaker> | PageSpeaker,
): void {
  async function run({ to, calls, after, ...who }: PageRun<Options>): Promise<PageRan> {
    const speaker = await start(to, who);
    for (const call of calls) await speaker.say(call);
    const anonymousId = `${speaker.anonymousId()}`;
    await speaker.reset();
    for (const call of after) await speaker.say(call);
    return { anonymousId, stranger: `${speaker.anonymousId()}` };
  }
  Object.assign(globalThis, { run });
}
