import { setImmediate } from 'node:timers/promises';
import RudderAnalytics from '@rudderstack/rudder-sdk-node';
import type { Destination, Speaker, Who } from './call.ts';

interface Options {
  readonly gzip: boolean;
}

/** RudderStack's SDK for servers, with few calls to a request, so that some calls make several. */
export const rudderNode =
  ({ gzip }: Options) =>
  ({ url, writeKey }: Destination, who: Who): Speaker => {
    let unsent = 0;
    const sent = () => {
      unsent--;
    };
    const analytics = new RudderAnalytics(writeKey, {
      dataPlaneUrl: url,
      flushAt: 3,
      gzip,
      retryCount: 10,
      logLevel: 'none',
      errorHandler: () => {},
    });
    return {
      say(call) {
        unsent++;
        switch (call.type) {
          case 'identify':
            return analytics.identify({ ...who, ...call }, sent);
          case 'track':
            return analytics.track({ ...who, ...call }, sent);
          case 'page':
            return analytics.page({ ...who, ...call }, sent);
          case 'screen':
            return analytics.screen({ ...who, ...call }, sent);
          case 'group':
            return analytics.group({ ...who, ...call }, sent);
          case 'alias':
            return analytics.alias({ ...who, ...call }, sent);
        }
      },
      async finish() {
        // One flush takes at most `flushAt` calls, and calls back after it has ended
        for (; unsent > 0; await setImmediate()) await analytics.flush();
      },
    };
  };
