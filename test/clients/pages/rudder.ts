import { type LoadOptions, RudderAnalytics } from '@rudderstack/analytics-js/bundled';
import { letRun } from '#test/clients/in-page.ts';

export type Options = Partial<LoadOptions>;

/** RudderStack's SDK for pages, in the build that loads no plugins from elsewhere. It has no `screen`. */
letRun<Options>(async ({ url, writeKey }, { userId, options }) => {
  const analytics = new RudderAnalytics();
  analytics.load(writeKey, url, { configUrl: url, ...options });
  await new Promise<void>((resolve) => analytics.ready(resolve));
  return {
    say(call) {
      switch (call.type) {
        case 'identify':
          return analytics.identify(userId, call.traits);
        case 'track':
          return analytics.track(call.event, call.properties);
        case 'page':
          return analytics.page(call.name, call.properties);
        case 'group':
          return analytics.group(call.groupId, call.traits);
        case 'alias':
          return analytics.alias(userId, call.previousId);
        case 'screen':
          throw new Error('RudderStack has no screen in pages');
      }
    },
    anonymousId: () => analytics.getAnonymousId(),
    reset: () => analytics.reset({ entries: { anonymousId: true } }),
  };
});
