import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Folders whose files run whole jobs: they begin first, so that nobody waits for one of them at the end. */
const long = ['/test/namespaces/', '/test/sshd/', '/test/engine/', '/test/remote/'];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) => long.some((folder) => moduleId.includes(folder));
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

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
    // Six whole runs at a time on two cores: more workers than cores, since many a test waits.
    maxWorkers: 3,
    maxConcurrency: 2,
    // Real processes on a shared machine: a test that fails once and then passes is printed as retried.
    retry: process.env['CI'] === undefined ? 0 : 1,
    sequence: { sequencer: LongestFirst },
    globalSetup: ['test/support/build-program.ts'],
  },
});
