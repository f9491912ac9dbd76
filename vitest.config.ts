import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/bed/longest-first.ts';
import { Tries } from './test/bed/tries.ts';
import { leftOut } from './test/e2e/shapes/elsewhere.ts';
import { SHAPE } from './test/e2e/shapes/shape.ts';

// Where to write the results for a machine, next to what is shown to people.
const report = process.env['FAIRLEAD_TEST_REPORT'];

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Podman comes with the newest Docker: see `test/bed/engines.ts`.
    exclude: [
      ...(process.env['FAIRLEAD_TEST_ENGINE'] === 'newest' ? [] : ['test/docker/rollout/podman.test.ts']),
      ...leftOut(SHAPE),
    ],
    // How the bot is deployed for the end-to-end stories; what a shape leaves out is in `elsewhere.ts`.
    setupFiles: SHAPE === 'one' ? [] : ['test/e2e/shapes/setup.ts'],
    globalSetup: ['test/bed/global-setup.ts'],
    sequence: { sequencer: LongestFirst },
    pool: 'forks',
    // On two processors. Half of the time a test waits for an engine; with more at once Slack's three seconds pass.
    maxWorkers: 4,
    // The page's TypeScript loses its types by a function that Node still calls an experiment.
    execArgv: ['--disable-warning=ExperimentalWarning'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
    // What decides and what remembers is covered branch by branch; the rest is covered by what it does, from outside.
    coverage: {
      provider: 'v8',
      include: ['src/commands/**', 'src/policy/**', 'src/store/**'],
      // A thread of its own, and what only a program of its own does, which are not measured: a copy to a file.
      exclude: ['audit-thread', 'copy', 'new-file', 'leftovers']
        .map((name) => `src/store/sqlite/${name}.ts`)
        .concat('src/store/backup.ts'),
      reporter: ['text'],
      thresholds: Object.fromEntries(
        ['commands', 'policy', 'store'].map((folder) => [`src/${folder}/**`, { branches: 95 }]),
      ),
    },
    reporters: report ? ['default', ['json', { outputFile: report }], new Tries(report)] : ['default'],
  },
});
