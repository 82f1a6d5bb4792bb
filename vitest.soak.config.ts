import { defineConfig } from 'vitest/config';
import usual from './vitest.config.ts';

/** Faults at random, for an hour or so: no part of the ordinary tests. */
export default defineConfig({
  ...usual,
  test: { ...usual.test, include: ['test/soak/*.soak.ts'], retry: 0, disableConsoleIntercept: true },
});
