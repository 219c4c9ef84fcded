import { defineConfig } from 'vitest/config';

/** The tests of what is mutated, and no others: each folder's own tests are to notice what is changed in it. */
export default defineConfig({
  test: {
    include: ['test/shared/{identity,profiles,traits}/**/*.test.ts'],
    setupFiles: ['test/mutation/one-seed.ts'],
  },
});
