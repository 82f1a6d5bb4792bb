import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [
    {
      name: 'shell-text',
      load: (id) => (id.endsWith('.sh') ? `export default ${JSON.stringify(readFileSync(id, 'utf8'))};` : null),
    },
  ],
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
    globalSetup: ['test/support/build-program.ts'],
  },
});
