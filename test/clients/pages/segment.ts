import { AnalyticsBrowser } from '@segment/analytics-next';
import { letRun } from '#test/clients/in-page.ts';
import { say } from '#test/clients/say.ts';

export type Options = NonNullable<Parameters<typeof AnalyticsBrowser.load>[1]>;

/** Segment's SDK for pages, told nothing but where its settings are. */
letRun<Options>(async ({ url, writeKey }, { userId, options }) => {
  const [analytics] = await AnalyticsBrowser.load({ writeKey, cdnURL: url }, options);
  return {
    // What a call returns ends when it has been sent, or waits to be sent again
    say(call) {
      say(analytics, { call, userId });
    },
    anonymousId: () => analytics.user().anonymousId(),
    reset: () => analytics.reset(),
  };
});
