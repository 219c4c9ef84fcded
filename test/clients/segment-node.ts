import { Analytics } from '@segment/analytics-node';
import type { Destination, Speaker, Who } from './call.ts';

/** Segment's SDK for servers, with few calls to a request, so that some calls make several. */
export function segmentNode({ url, writeKey }: Destination, who: Who): Speaker {
  const analytics = new Analytics({ writeKey, host: url, flushAt: 3 });
  return {
    say(call) {
      switch (call.type) {
        case 'identify':
          return analytics.identify({ ...who, ...call });
        case 'track':
          return analytics.track({ ...who, ...call });
        case 'page':
          return analytics.page({ ...who, ...call });
        case 'screen':
          return analytics.screen({ ...who, ...call });
        case 'group':
          return analytics.group({ ...who, ...call });
        case 'alias':
          return analytics.alias({ userId: who.userId, previousId: call.previousId });
      }
    },
    finish: () => analytics.closeAndFlush({ timeout: 300_000 }),
  };
}
