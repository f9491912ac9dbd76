import type { ChildProcess } from 'node:child_process';
import type { LocalSlack } from '../../../playground/server/index.ts';

export type Mode = 'socket' | 'http';

/** What a scene starts: with what environment, and how Slack's requests come in. */
export interface Launch {
  readonly env: NodeJS.ProcessEnv;
  readonly mode: Mode;
  readonly slack: LocalSlack;
  /** Port of signed HTTP; in `env` too. */
  readonly port: number;
  /** Words of its log that say that it has started. */
  readonly until: string;
}

/** The bot as shipped, in all its processes. */
export interface Bot {
  /** Carries deployments out. */
  readonly child: ChildProcess;
  /** Where Slack posts to, where requests come in by HTTP. */
  readonly url: string;
  /** Whether a process of it ended by itself, or by a signal that no test sends. */
  hasCrashed(): boolean;
  /** What its processes wrote to their logs. */
  log(): string;
  /** Sends a signal to each process, and settles once all have ended. */
  end(signal: NodeJS.Signals): Promise<void>;
}

/** One way to deploy the bot. */
export interface Deployed {
  /** Address of a new empty database; `folder` is the scene's. */
  database(folder: string): Promise<string>;
  /** Runs a statement beside the bot, as somebody does who has the database in their hands; `?` stands for each value. */
  write(url: string, text: string, values: readonly (string | number)[]): Promise<void>;
  /** All that is stored, as text; `folder` is the scene's. */
  stored(url: string, folder: string): Promise<string>;
  /** What people use: the local Slack, or a terminal in front of it. */
  facing(slack: LocalSlack, env: () => NodeJS.ProcessEnv): LocalSlack;
  start(launch: Launch): Promise<Bot>;
}

/** Where a process on this machine takes what Slack posts. */
export const slackUrl = (port: number): string => `http://127.0.0.1:${port}/slack/events`;
