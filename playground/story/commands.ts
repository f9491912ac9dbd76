import { parse } from 'yaml';
import { SPECS } from '../../src/commands/index.ts';
import { manifest } from '../../src/slack/manifest.ts';
import type { CommandHint } from '../web/protocol.ts';

interface Manifest {
  readonly features: {
    readonly slash_commands: readonly { command: string; description: string; usage_hint?: string }[];
  };
}

/** The slash commands that the app's manifest installs. */
export function installedCommands(): CommandHint[] {
  const { features } = parse(manifest(SPECS, { prefix: '' })) as Manifest;
  return features.slash_commands.map(({ command, description, usage_hint: usage = '' }) => ({
    name: command,
    description,
    usage,
  }));
}
