import { afterAll, beforeAll, inject } from 'vitest';
import { makeImage } from '../../playground/engine/images.ts';
import type { PrivateEngine } from '../../playground/engine/private-engine.ts';
import { container } from '../bed/bed.ts';
import { startTestEngine } from '../bed/engines.ts';

/**
 * Starts an engine for one test file, with `busybox:1.0` in use, and returns its socket. A prune takes what is unused
 * wherever it comes from, so its tests share no engine with others.
 */
export function ownEngine(): () => string {
  let engine: PrivateEngine | undefined;
  beforeAll(async () => {
    if (!inject('bed')) return;
    engine = await startTestEngine();
    await makeImage(engine.socketPath, 'busybox:1.0');
    await container(engine.socketPath, { cmd: ['sleep', '600'] });
  });
  afterAll(() => engine?.stop());
  return () => engine?.socketPath ?? '';
}
