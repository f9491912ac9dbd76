import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { SPECS } from '../commands/index.ts';
import { Prefix } from '../config/prefix.ts';
import { configSchema } from '../config.ts';
import { UserError } from '../domain/errors.ts';
import { manifest } from '../slack/manifest.ts';
import { URL_OF_BOT } from './init/answers.ts';

export async function manifestCommand(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { write: { type: 'boolean' }, url: { type: 'string' } } });
  const text = manifest(SPECS, {
    prefix: configuredPrefix(),
    ...(values.url === undefined ? {} : { url: URL_OF_BOT.read(values.url) }),
  });
  return put(text, 'manifest.yml', values.write);
}

// The manifest is wanted before there is a config: then there is no prefix either.
function configuredPrefix(): string {
  const result = Prefix.safeParse(writtenPrefix() ?? '');
  if (result.success) return result.data;
  throw new UserError('not_configured', `slack.prefix ${result.error.issues[0]?.message ?? 'is not valid'}.`);
}

function writtenPrefix(): unknown {
  try {
    const file = parse(readFileSync(process.env['FAIRLEAD_CONFIG'] ?? './fairlead.yml', 'utf8')) as {
      slack?: { prefix?: unknown };
    } | null;
    return file?.slack?.prefix;
  } catch {
    return undefined;
  }
}

export async function schemaCommand(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { write: { type: 'boolean' } } });
  return put(`${JSON.stringify(configSchema(), null, 2)}\n`, 'fairlead.schema.json', values.write);
}

function put(text: string, path: string, write: boolean | undefined): number {
  if (write) writeFileSync(path, text);
  else process.stdout.write(text);
  return 0;
}
