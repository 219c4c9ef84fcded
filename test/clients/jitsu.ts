import { type JitsuOptions, jitsuAnalytics } from '@jitsu/js';
import type { Call, Destination, Speaker, Who } from './call.ts';

type Options = Pick<JitsuOptions, 's2s'>;

/** Jitsu's SDK, on a server or in a page. It has neither `screen` nor `alias`. */
export function jitsuWith(
  { url, writeKey }: Destination,
  { userId, options }: { readonly userId: string; readonly options: Options },
) {
  // It refuses a key without a secret; Collect reads no further than the colon
  const analytics = jitsuAnalytics({ host: url, writeKey: `${writeKey}:none`, ...options });
  const say = (call: Call) => {
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
  };
  return { analytics, say };
}

/** Jitsu's SDK on a server. */
export const jitsu =
  (options: Options & { readonly errorPolicy?: (message: string) => void }) =>
  (to: Destination, { userId, anonymousId }: Who): Speaker => {
    const { analytics, say } = jitsuWith(to, { userId, options });
    analytics.setAnonymousId(anonymousId);
    return { say, finish: async () => {} };
  };
