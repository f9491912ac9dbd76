import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../src/config.ts';
import { parseConfig } from '../../src/config.ts';
import { createProofs, type Proofs } from '../../src/proof/proofs.ts';
import { createRegistries } from '../../src/registry/client.ts';

/** A config whose rules are read from files, as they are in earnest: `files` by name, `verify` as in fairlead.yml. */
export function configOf(registry: string, verify: readonly object[], files: Readonly<Record<string, string>>): Config {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-proof-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const config = {
    slack: { team: 'T0FAIRLEAD' },
    hosts: { one: { url: 'unix:///run/docker.sock' } },
    registries: { [registry]: {} },
    images: { verify },
  };
  try {
    return parseConfig(JSON.stringify(config), join(folder, 'fairlead.yml'), {});
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const proofsOf = (config: Config): Proofs => createProofs(config, createRegistries(config));
export const never = new AbortController().signal;
