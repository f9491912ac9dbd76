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
  const few = expect.toSatisfy((built: number) => built < 500);
  expect({ commands, config, rest }).toEqual({ commands: few, config: few, rest: few });
});

/** A field of a command in its published JSON Schema. */
interface Published {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly description?: string;
}

it('what is typed of a command is what its published schema says', async () => {
  const { SPECS } = await import('../src/commands/index.ts');
  const { fieldsOf } = await import('../src/commands/language/define.ts');
  const kinds: Readonly<Record<string, string>> = { boolean: 'switch', array: 'list' };
  for (const spec of SPECS) {
    const schema = z.toJSONSchema(spec.args, { io: 'input', unrepresentable: 'any' });
    const published = Object.entries((schema.properties ?? {}) as Record<string, Published>);
    expect(fieldsOf(spec), spec.name).toMatchObject(
      published.map(([key, { type, enum: choices, description }]) => ({
        key,
        kind: kinds[type ?? ''] ?? 'value',
        required: schema.required?.includes(key) ?? false,
        choices,
        description,
      })),
    );
  }
});
