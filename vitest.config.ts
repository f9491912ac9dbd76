import { defineConfig } from 'vitest/config';
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
    pool: 'forks',
    // A bot, a local Slack and an engine each take part of a processor besides; with more at once Slack's three seconds pass.
    maxWorkers: 3,
    // The page's TypeScript loses its types by a function that Node still calls an experiment.
    execArgv: ['--disable-warning=ExperimentalWarning'],
    // Engines that are restarted and cut off, and Slack's three seconds, do not always fit a busy machine. What
    // needed a second try says so in the report: each is a bug to be found.
    retry: process.env['CI'] === 'true' ? 2 : 0,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
    // What decides and what remembers is covered branch by branch; the rest is covered by what it does, from outside.
    coverage: {
      provider: 'v8',
      include: ['src/commands/**', 'src/policy/**', 'src/store/**'],
      // A thread of its own, and what only a program of its own does, which are not measured. PostgreSQL's connections: no test
      // provokes yet what a server does that is stopped or cut off in the middle.
      exclude: [
        'src/store/sqlite/audit-thread.ts',
        'src/store/sqlite/copy.ts',
        'src/store/backup.ts',
        'src/store/postgres/**',
      ],
      reporter: ['text'],
      // The store is to be back at 95: jobs and counts are tested in processes of their own, which are not measured.
      thresholds: Object.fromEntries(
        Object.entries({ commands: 95, policy: 95, store: 92 }).map(([folder, branches]) => [
          `src/${folder}/**`,
          { branches },
        ]),
      ),
    },
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
  },
});
