import { type JitsuOptions, jitsuAnalytics } from '@jitsu/js';
import type { Call, Destination, Json, Speaker, Who } from './call.ts';
import { say } from './say.ts';

type Options = Pick<JitsuOptions, 's2s'>;

/** Jitsu's SDK, on a server or in a page. It has neither `screen` nor `alias`. */
export function jitsuWith(
  { url, writeKey }: Destination,
  { userId, options }: { readonly userId: string; readonly options: Options },
) {
  // It refuses a key without a secret; Collect reads no further than the colon
  const analytics = jitsuAnalytics({ host: url, writeKey: `${writeKey}:none`, ...options });
  const sdk = {
    ...analytics,
    page: (name: string, properties: Json) => analytics.page({ name, ...properties }),
  };
  return { analytics, say: (call: Call) => say(sdk, { call, userId }) };
}

/** Jitsu's SDK on a server. */
export const jitsu =
  (options: Options & { readonly errorPolicy?: (message: string) => void }) =>
  (to: Destination, { userId, anonymousId }: Who): Speaker => {
    const { analytics, say } = jitsuWith(to, { userId, options });
    analytics.setAnonymousId(anonymousId);
    return { say, finish: async () => {} };
  };
