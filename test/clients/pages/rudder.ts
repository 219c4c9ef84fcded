import { type LoadOptions, RudderAnalytics } from '@rudderstack/analytics-js/bundled';
import { letRun } from '#test/clients/in-page.ts';
import { say } from '#test/clients/say.ts';

export type Options = Partial<LoadOptions>;

/** RudderStack's SDK for pages, in the build that loads no plugins from elsewhere. It has no `screen`. */
letRun<Options>(async ({ url, writeKey }, { userId, options }) => {
  const analytics = new RudderAnalytics();
  analytics.load(writeKey, url, { configUrl: url, ...options });
  await new Promise<void>((resolve) => analytics.ready(resolve));
  return {
    say: (call) => say(analytics, { call, userId }),
    anonymousId: () => analytics.getAnonymousId(),
    reset: () => analytics.reset({ entries: { anonymousId: true } }),
  };
});
