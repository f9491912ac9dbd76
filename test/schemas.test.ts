import { expect, it } from 'vitest';
import { z } from 'zod';

/** Schemas that are built while `load` imports modules. */
async function builtBy(load: () => Promise<unknown>): Promise<number> {
  let built = 0;
  const { postProcessor } = z.config();
  z.config({
    postProcessor() {
      built += 1;
    },
  });
  try {
    await load();
  } finally {
    z.config({ postProcessor });
  }
  return built;
}

it('a schema is built when it is first used: at the start, what every config has and little besides', async () => {
  const commands = await builtBy(() => import('../src/commands/index.ts'));
  const config = await builtBy(() => import('../src/config.ts'));
  const rest = await builtBy(() => import('../src/bot.ts'));

  expect(config).toBeGreaterThan(100);
  // Several parts that schemas share. What a command takes, a section of the config that may be left out, and what an
  // engine, a registry or a scanner gives is `z.lazy`.
  const few = expect.toSatisfy((built: number) => built < 600);
  expect({ commands, config, rest }).toEqual({ commands: few, config: few, rest: few });
});
