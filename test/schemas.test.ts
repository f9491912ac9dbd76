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

it('a schema is built when it is first used: at the start, that of the config and little besides', async () => {
  const commands = await builtBy(() => import('../src/commands/index.ts'));
  const config = await builtBy(() => import('../src/config.ts'));
  const rest = await builtBy(() => import('../src/bot.ts'));

  expect(config).toBeGreaterThan(500);
  // Several parts that schemas share. What a command, an engine, a registry or a scanner gives is `z.lazy`.
  expect({ commands, rest }).toEqual({ commands: expect.toSatisfy(few), rest: expect.toSatisfy(few) });
});

const few = (built: number) => built < 500;
