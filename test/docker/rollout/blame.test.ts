import { expect, it } from 'vitest';
import { EngineError } from '../../../src/docker/client/engine-error.ts';
import { blameFor } from '../../../src/docker/rollout/blame.ts';
import { StepFailed } from '../../../src/docker/rollout/context.ts';

it.each([
  // Between two parts of one pull, the engine answers everything else.
  ['stalled', 'pull', 'image'],
  ['registry_down', 'pull', 'image'],
  ['no_space', 'pull', 'disk'],
  ['timeout', 'pull', 'engine'],
  ['unreachable', 'gate', 'engine'],
] as const)('%s in the phase %s is blamed on: %s', (fault, phase, blame) => {
  const error = new StepFailed('Image pull failed.', '', { cause: new EngineError(fault, 'x') });
  expect(blameFor(error, phase, new AbortController().signal)).toBe(blame);
});
