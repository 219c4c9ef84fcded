import { type JitsuOptions, jitsuAnalytics } from '@jitsu/js';
import type { Destination, Speaker, Who } from './call.ts';

/** Jitsu's SDK, for servers or for a page. It has neither `screen` nor `alias`. */
export const jitsu =
  (options: Pick<JitsuOptions, 's2s'> = {}) =>
  ({ url, writeKey }: Destination, { userId, anonymousId }: Who): Speaker => {
    const failures: string[] = [];
    const analytics = jitsuAnalytics({
      host: url,
      // It refuses a key without a secret; Collect reads no further than the colon
      writeKey: `${writeKey}:none`,
      errorPolicy: (message) => failures.push(message),
      ...options,
    });
    analytics.setAnonymousId(anonymousId);
    return {
      say(call) {
        switch (call.type) {
          case 'identify':
            return analytics.identify(userId, call.traits);
          case 'track':
            return analytics.track(call.event, call.properties);
          case 'page':
            return analytics.page({ name: call.name, ...call.properties });
          case 'group':
            return analytics.group(call.groupId, call.traits);
          default:
            throw new Error(`Jitsu has no ${call.type}`);
        }
      },
      finish: async () => failures,
    };
  };
