import { defineConfig } from 'vitest/config';

/** One project a kind of test: `unit` needs nothing, `integration` starts emulators, the rest start the whole stack. */
export default defineConfig({
  test: {
    // A second is little on a busy machine
    expect: { poll: { timeout: 20_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [
            '**/node_modules/**',
            'test/**/*.integration.test.ts',
            'test/scenario/**',
            'test/browser/**',
            'test/acceptance/**',
          ],
          // Some are properties over hundreds of histories, and a busy machine is no fault of theirs
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/**/*.integration.test.ts'],
          env: { POWERTOOLS_METRICS_DISABLED: 'true' },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      ...['scenario', 'browser', 'acceptance'].map((name) => ({
        extends: true as const,
        test: {
          name,
          include: [`test/${name}/**/*.test.ts`],
          globalSetup: ['test/support/assembly.ts'],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      })),
    ],
  },
});
