import type { Quarantine } from './quarantine.ts';

/**
 * The same quarantine, whose client is loaded when the first entry is to be kept: few containers of a
 * function ever keep one, and all of them would load it before their first request.
 */
export function lazyQuarantine(bucket: string): Quarantine {
  let loading: Promise<Quarantine> | undefined;
  return {
    async keep(batch) {
      loading ??= import('./quarantine.ts').then(({ quarantineIn }) => quarantineIn(bucket));
      const quarantine = await loading;
      return quarantine.keep(batch);
    },
  };
}
