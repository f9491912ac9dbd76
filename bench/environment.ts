import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeImage } from '../playground/engine/images.ts';
import { type PrivateEngine, startEngine } from '../playground/engine/private-engine.ts';
import { TEAM } from '../playground/server/index.ts';
import { type Running, startApp } from './process.ts';
import { factText, type Row, rowText } from './table.ts';

export interface Host {
  /** The path of the engine's socket. */
  readonly socket: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * The engines, configs and apps of one benchmark, and its output. Everything it opens is closed when the benchmark
 * ends.
 */
export interface BenchEnvironment {
  readonly folder: string;
  /** Starts a private engine with the image `busybox:1.0`. Returns the path of its socket. */
  engine(): Promise<string>;
  /**
   * Writes a config of these hosts in which everybody may read everything. Returns the environment variables for the
   * bot.
   */
  config(options: { readonly hosts: Readonly<Record<string, Host>> }): Promise<NodeJS.ProcessEnv>;
  start(command: readonly string[], env?: NodeJS.ProcessEnv): Promise<Running>;
  /** Registers something else to be closed at the end. */
  onClose(close: () => unknown): void;
  /** Prints a comparison. */
  row(row: Row): void;
  /** Prints a single measurement, and the most it may be. */
  fact(what: string, value: number, unit: string, most?: number): void;
}

/** Runs one benchmark in an environment of its own. */
export async function withEnvironment(work: (bench: BenchEnvironment) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-bench-'));
  const closers: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  let configs = 0;
  const bench: BenchEnvironment = {
    folder,
    async engine() {
      const engine: PrivateEngine = await startEngine({ name: 'bench' });
      closers.push(() => engine.stop());
      await makeImage(engine.socketPath, 'busybox:1.0');
      return engine.socketPath;
    },
    async config({ hosts }) {
      configs += 1;
      const file = join(folder, `fairlead-${configs}.yml`);
      writeFileSync(file, configText(hosts));
      return { FAIRLEAD_CONFIG: file, DATABASE_URL: `file:${join(folder, `fairlead-${configs}.db`)}` };
    },
    async start(command, env) {
      const app = await startApp(command, env);
      closers.push(() => app.stop());
      return app;
    },
    onClose: (close) => void closers.push(close),
    row: (row) => void process.stdout.write(rowText(row)),
    fact: (what, value, unit, most) => void process.stdout.write(factText(what, value, unit, most)),
  };
  try {
    await work(bench);
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

function configText(hosts: Readonly<Record<string, Host>>): string {
  const named = Object.entries(hosts).map(([name, { socket, labels = {} }]) => [
    name,
    { url: `unix://${socket}`, labels },
  ]);
  return JSON.stringify({
    slack: { team: TEAM },
    hosts: Object.fromEntries(named),
    roles: { viewer: { commands: ['images', 'ps', 'logs', 'stats'] } },
    channels: { C0STAGING: { grants: [{ role: 'viewer', hosts: 'all' }] } },
    budget: { commands: 10_000, per: '1s' },
  });
}
