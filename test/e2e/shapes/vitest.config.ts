import { defineConfig } from 'vitest/config';
import one from '../../../vitest.config.ts';
import { leftOut } from './elsewhere.ts';
import type { Shape } from './shape.ts';

/** Cheap ones, of which each shape has parts of its own: who is let in, forms and menus, progress, what several processes end. */
const CHEAP = ['outsiders', 'scan', 'umbrella'];
/** The stories that CI runs in each shape; by hand any file runs in any shape, with `FAIRLEAD_TEST_SHAPE`. */
const STORIES: Readonly<Record<Exclude<Shape, 'one'>, readonly string[]>> = {
  replicas: ['deploy', 'deploy-ways', 'commands', 'pull', ...CHEAP],
  lambda: ['deploy', 'deploy-ways', 'commands', 'forged-rows', 'registries', ...CHEAP],
  terminal: ['*'],
};

/** Here each test has a bot or more of its own. */
const BESIDE = { maxWorkers: 3 };
/** Each click may start functions anew, which beside other bots does not always fit Slack's three seconds. */
const ALONE = { maxWorkers: 1, sequence: { ...one.test?.sequence, groupOrder: 1 } };

/**
 * The shapes beside each other on one test bed: while the stories of one wait, those of another run. Functions come after
 * them, one story at a time.
 */
export default defineConfig({
  test: {
    ...one.test,
    projects: Object.entries(STORIES).map(([shape, stories]) => ({
      extends: false,
      test: {
        ...one.test,
        ...(shape === 'lambda' ? ALONE : BESIDE),
        // The bed is the whole run's.
        globalSetup: [],
        name: shape,
        include: stories.map((story) => `test/e2e/${story}.test.ts`),
        exclude: [...leftOut(shape as Shape)],
        env: { FAIRLEAD_TEST_SHAPE: shape },
        setupFiles: ['test/e2e/shapes/setup.ts'],
      },
    })),
  },
});
