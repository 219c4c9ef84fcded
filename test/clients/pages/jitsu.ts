import type { JitsuOptions } from '@jitsu/js';
import { letRun } from '#test/clients/in-page.ts';
import { jitsuWith } from '#test/clients/jitsu.ts';

export type Options = Pick<JitsuOptions, 's2s'>;

letRun<Options>((to, { userId, options }) => {
  const { analytics, say } = jitsuWith(to, { userId, options });
  return { say, anonymousId: () => analytics.user().anonymousId, reset: () => analytics.reset() };
});
