import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeImage } from '../playground/engine/images.ts';
import { type PrivateEngine, startEngine } from '../playground/engine/private-engine.ts';
import { TEAM } from '../playground/server/index.ts';
import { type Running, startApp } from './process.ts';
import { factText, type Row, rowText } from './table.ts';

export interface Host {
  /** The path of its socket. */
  readonly at: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** What a benchmark has to work with. All it opens is closed when the benchmark is over. */
export interface Stage {
  readonly folder: string;
  /** A private engine of this benchmark's own, with `busybox:1.0`; the address of its socket. */
  engine(): Promise<string>;
  /** A config of these hosts where anybody may read anything; as an app's environment. */
  config(options: { readonly hosts: Readonly<Record<string, Host>> }): Promise<NodeJS.ProcessEnv>;
  start(command: readonly string[], env?: NodeJS.ProcessEnv): Promise<Running>;
  /** Something else to be closed. */
  closing(close: () => unknown): void;
  row(row: Row): void;
  fact(what: string, value: number, unit: string, most?: number): void;
}

export async function onStage(work: (stage: Stage) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-bench-'));
  const closers: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  let configs = 0;
  const stage: Stage = {
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
    closing: (close) => void closers.push(close),
    row: (row) => void process.stdout.write(rowText(row)),
    fact: (what, value, unit, most) => void process.stdout.write(factText(what, value, unit, most)),
  };
  try {
    await work(stage);
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

function configText(hosts: Readonly<Record<string, Host>>): string {
  const named = Object.entries(hosts).map(([name, { at, labels = {} }]) => [name, { url: `unix://${at}`, labels }]);
  return JSON.stringify({
    slack: { team: TEAM },
    hosts: Object.fromEntries(named),
    roles: { viewer: { commands: ['images', 'ps', 'logs'] } },
    channels: { C0STAGING: { grants: [{ role: 'viewer', hosts: 'all' }] } },
    budget: { commands: 10_000, per: '1s' },
  });
}
