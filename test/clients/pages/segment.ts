import { type Analytics, AnalyticsBrowser } from '@segment/analytics-next';
import type { Call } from '#test/clients/call.ts';
import { letRun } from '#test/clients/in-page.ts';

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

function say(analytics: Analytics, { call, userId }: { readonly call: Call; readonly userId: string }) {
  switch (call.type) {
    case 'identify':
      return analytics.identify(userId, call.traits);
    case 'track':
      return analytics.track(call.event, call.properties);
    case 'page':
      return analytics.page(call.name, call.properties);
    case 'screen':
      return analytics.screen(call.name, call.properties);
    case 'group':
      return analytics.group(call.groupId, call.traits);
    case 'alias':
      return analytics.alias(userId, call.previousId);
  }
}
