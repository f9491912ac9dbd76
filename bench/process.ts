import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { type LocalSlack, startSlack } from '../playground/server/index.ts';

/** An app that runs as a process of its own, with a local Slack that serves only this app. */
export interface Running {
  readonly slack: LocalSlack;
  /** Milliseconds from its start to its first Socket Mode connection. */
  readonly readyMs: number;
  readonly pid: number;
  /** Its resident memory now, in MiB. */
  residentMb(): number;
  /** The most it was since it started, or since `forgetPeak`, in MiB. */
  peakMb(): number;
  forgetPeak(): void;
  stop(): Promise<void>;
}

export const OURS = ['dist/cli.js', 'start'];
export const BARE_BOLT = ['bench/bare-bolt.mjs'];
export const RECORDING_BOLT = ['bench/recording-bolt.mjs'];

export async function startApp(command: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Running> {
  const slack = await startSlack({ rateLimits: false });
  const started = performance.now();
  const child = spawn(process.execPath, command, {
    env: {
      PATH: process.env['PATH'],
      FAIRLEAD_RECORD_KEY: 'be'.repeat(32),
      SLACK_BOT_TOKEN: slack.tokens.bot,
      SLACK_APP_TOKEN: slack.tokens.app,
      SLACK_API_URL: slack.apiUrl,
      LOG_LEVEL: 'error',
      ...env,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await slack.connected();
  const readyMs = performance.now() - started;
  return {
    slack,
    readyMs,
    pid: child.pid ?? 0,
    residentMb: () => memory(child.pid, 'VmRSS'),
    peakMb: () => memory(child.pid, 'VmHWM'),
    forgetPeak: () => writeFileSync(`/proc/${child.pid}/clear_refs`, '5'),
    stop: () => stop(child, slack),
  };
}

function memory(pid: number | undefined, field: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`${field}:\\s+(\\d+)`, 'u').exec(status)?.[1]) / 1024;
}

async function stop(child: ChildProcess, slack: LocalSlack): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  await slack.stop();
}
