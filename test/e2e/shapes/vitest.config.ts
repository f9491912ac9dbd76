import { defineConfig } from 'vitest/config';
import one from '../../../vitest.config.ts';
import { leftOut } from './elsewhere.ts';
import { SHAPES } from './shape.ts';

/** The end-to-end stories in each other shape, beside each other on one test bed: while those of one wait, others run. */
export default defineConfig({
  test: {
    ...one.test,
    projects: SHAPES.filter((shape) => shape !== 'one').map((shape) => ({
      extends: false,
      test: {
        ...one.test,
        // The bed is the whole run's.
        globalSetup: [],
        name: shape,
        include: ['test/e2e/*.test.ts'],
        exclude: [...leftOut(shape)],
        env: { FAIRLEAD_TEST_SHAPE: shape },
        setupFiles: ['test/e2e/shapes/setup.ts'],
      },
    })),
  },
});
