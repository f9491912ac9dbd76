import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { installPrometheus } from './promtool.ts';

const ASK_MS = 200;

export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

export interface Prometheus extends AsyncDisposable {
  /** An instant query. Rejects with what Prometheus says of a query that is wrong. */
  query(text: string): Promise<readonly Series[]>;
  /** Any address of its API; resolves to `data`. */
  api(path: string): Promise<unknown>;
}

/** Starts a Prometheus that scrapes a target (`127.0.0.1:9464`) every second under the job `fairlead`, with these rules. */
export async function startPrometheus(target: string, rules: string): Promise<Prometheus> {
  await installPrometheus();
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-prometheus-'));
  copyFileSync(rules, join(folder, 'rules.yml'));
  const config = {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: [join(folder, 'rules.yml')],
    scrape_configs: [{ job_name: 'fairlead', static_configs: [{ targets: [target] }] }],
  };
  // YAML takes JSON.
  writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify(config));
  const port = await freePort();
  const child = spawn(
    'prometheus',
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
    ],
    { stdio: 'ignore' },
  );
  const closed = once(child, 'close');
  const stop = async () => {
    child.kill('SIGKILL');
    await closed;
    rmSync(folder, { recursive: true, force: true });
  };
  const base = `http://127.0.0.1:${port}`;
  const isReady = () =>
    fetch(`${base}/-/ready`, { signal: AbortSignal.timeout(1000) }).then(
      ({ ok }) => ok,
      () => false,
    );
  for (let tries = 0; !(await isReady()); tries += 1) {
    if (child.exitCode !== null || tries > 100) {
      await stop();
      throw new Error('Prometheus did not start.');
    }
    await later(ASK_MS);
  }
  const api = async (path: string) => {
    const response = await fetch(`${base}/api/v1/${path}`, { signal: AbortSignal.timeout(10_000) });
    const { data, error } = (await response.json()) as { readonly data?: unknown; readonly error?: string };
    if (error !== undefined) throw new Error(`${path}: ${error}`);
    return data;
  };
  return {
    api,
    async query(text) {
      const { result } = (await api(`query?${new URLSearchParams({ query: text })}`)) as { readonly result: Series[] };
      return result;
    },
    [Symbol.asyncDispose]: stop,
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { readonly port: number };
      server.close(() => resolve(port));
    });
  });
}
