import { afterAll, beforeEach } from 'vitest';
import { stopServer } from './databases.ts';
import { whyNotHere } from './elsewhere.ts';
import { SHAPE } from './shape.ts';

/** Of every test file that runs in a shape of its own. */
beforeEach(({ task, skip }) => {
  const why = whyNotHere(SHAPE, task.fullTestName);
  if (why !== undefined) skip(why);
});
afterAll(stopServer);
