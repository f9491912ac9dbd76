import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** What a fake scanner answers. */
export interface World {
  readonly version: string;
  readonly database?: string | undefined;
  /** Files of reports in its folder, by digest; `*` for any other. */
  readonly reports: Readonly<Record<string, string>>;
  /** The account of the registry; without one anybody may pull. */
  readonly account?: { readonly username: string; readonly password: string } | undefined;
  readonly server?: { readonly token: string } | undefined;
  readonly fault?: { readonly text?: string; readonly exitCode?: number; readonly hangs?: true } | undefined;
}

export interface Call {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface FakeScanner {
  /** Path of the program, for `scanner.command`. */
  readonly command: string;
  readonly folder: string;
  /** Changes what it answers from now on. */
  set(more: Partial<World>): void;
  /** Gives it a report of an image, as JSON. */
  report(digest: string, report: unknown): void;
  calls(): readonly Call[];
}

/** A scanner program in a folder of its own, removed with the test. */
export function createFakeScanner(kind: 'trivy' | 'grype', more: Partial<World> = {}): FakeScanner {
  const folder = mkdtempSync(join(tmpdir(), `fake-${kind}-`));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return placeFakeScanner(kind, folder, more);
}

/** The same in a folder of the caller's. */
export function placeFakeScanner(kind: 'trivy' | 'grype', folder: string, more: Partial<World> = {}): FakeScanner {
  const command = join(folder, kind);
  const program = new URL(`./fake-${kind}.ts`, import.meta.url).pathname;
  writeFileSync(command, `#!/bin/sh\nexec "${process.execPath}" "${program}" "${folder}" "$@"\n`);
  chmodSync(command, 0o755);
  const usual = kind === 'trivy' ? '0.74.0' : '0.116.0';
  let world: World = { version: usual, database: '2026-11-28T06:00:00Z', reports: {}, ...more };
  const write = () => writeFileSync(join(folder, 'world.json'), JSON.stringify(world));
  write();
  return {
    command,
    folder,
    set(changed) {
      world = { ...world, ...changed };
      write();
    },
    report(digest, report) {
      const name = `report-${digest.slice(7, 19) || 'any'}.json`;
      writeFileSync(join(folder, name), `${JSON.stringify(report, null, 2)}\n`);
      world = { ...world, reports: { ...world.reports, [digest]: name } };
      write();
    },
    calls() {
      const path = join(folder, 'calls.ndjson');
      if (!existsSync(path)) return [];
      return readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line): Call => JSON.parse(line));
    },
  };
}

/** A digest for tests: `sha256:` and 64 digits that begin with these. */
export const digestOf = (digits: string) => `sha256:${digits.padEnd(64, '0')}`;
