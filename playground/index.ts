import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { findEngine } from './engine/find-engine.ts';
import { canInstall, installPackages, missingPackages } from './engine/packages.ts';
import { startEngine } from './engine/private-engine.ts';
import { prompt } from './prompt.ts';
import { makeSamples, removeSamples } from './samples.ts';
import { APP_TOKEN, BOT_TOKEN, type LocalSlack, startSlack } from './server/index.ts';
import { installedCommands } from './story/commands.ts';

const CONFIG = (socket: string) => `
slack: { team: T0FAIRLEAD, app: A0FAIRLEAD }
hosts:
  local: { url: "unix://${socket}", labels: { env: playground } }
groups: { developers: { people: [U0DEV1] }, oncall: { usergroup: S0ONCALL } }
roles:
  viewer: { commands: [images, ps, logs] }
  operator: { extends: [viewer], commands: [pull, prune, audit] }
channels:
  C0STAGING:
    grants:
      - { role: viewer, hosts: all }
      - { role: operator, to: [developers, oncall], hosts: all }
  C0PROD:
    grants:
      - { role: viewer, hosts: all }
      - { role: operator, to: [oncall], hosts: all }
budget: { commands: 120, per: 1m }
`;

/** The real bot, a real engine, and a local Slack at a terminal prompt. Everything it made is gone when it ends. */
async function main(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-playground-'));
  const undo: (() => Promise<unknown> | unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  const cleanUp = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  process.once('SIGINT', () => void cleanUp().then(() => process.exit(130)));
  process.once('SIGTERM', () => void cleanUp().then(() => process.exit(143)));
  try {
    const socket = await engine(undo);
    if (socket === undefined) return 1;
    await makeSamples(socket).then(
      () => undo.push(() => removeSamples(socket)),
      (error: Error) => say(`No samples, since they are made from a static busybox: ${error.message.split('\n')[0]}`),
    );
    const commands = installedCommands();
    const slack = await startSlack({ commands: commands.map(({ name }) => name), page: { commands } });
    undo.push(() => slack.stop());
    await startBot(folder, socket, slack, undo);
    say(`Open ${slack.url} in a browser.`);
    say('Fairlead is up, between a local Slack and a real engine. "help" says what can be typed.\n');
    await prompt(slack);
    return 0;
  } finally {
    await cleanUp();
  }
}

async function engine(undo: (() => unknown)[]): Promise<string | undefined> {
  const found = await findEngine();
  if (found !== undefined) {
    say(`Using the engine at ${found}; only what Fairlead makes itself is removed from it.`);
    return found;
  }
  const missing = missingPackages();
  if (!canInstall()) {
    if (missing.length > 0 || process.getuid?.() !== 0) {
      say(
        'There is no Docker engine here. Start one, or set DOCKER_HOST=unix:///path/to/docker.sock.\nAs root on Debian or Ubuntu, Fairlead would install and run one of its own.',
      );
      return undefined;
    }
  }
  if (missing.length > 0) {
    if (!(await agreed(`There is no Docker engine here. Install ${missing.join(', ')} from this system's packages?`)))
      return undefined;
    say('Installing; about a minute…');
    await installPackages(missing);
  }
  const own = await startEngine();
  undo.push(() => own.stop());
  say('Started an engine of its own for this playground.');
  return own.socketPath;
}

async function agreed(question: string): Promise<boolean> {
  if (process.stdin.isTTY !== true) {
    say(`${question} Nobody to ask, so yes.`);
    return true;
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`${question} [Y/n] `);
  terminal.close();
  return !/^n/iu.test(answer.trim());
}

async function startBot(folder: string, socket: string, slack: LocalSlack, undo: (() => unknown)[]): Promise<void> {
  writeFileSync(join(folder, 'fairlead.yml'), CONFIG(socket));
  const env = {
    ...process.env,
    FAIRLEAD_CONFIG: join(folder, 'fairlead.yml'),
    DATABASE_URL: `file:${join(folder, 'fairlead.db')}`,
    SLACK_BOT_TOKEN: BOT_TOKEN,
    SLACK_APP_TOKEN: APP_TOKEN,
    SLACK_API_URL: slack.apiUrl,
    LOG_LEVEL: 'error',
  };
  // Detached, so that Ctrl-C reaches it through our own clean-up and not before it.
  const bot = spawn(process.execPath, [join(import.meta.dirname, '../src/cli.ts'), 'start'], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
    detached: true,
  });
  undo.push(async () => {
    if (bot.exitCode !== null) return;
    bot.kill('SIGTERM');
    await once(bot, 'exit');
  });
  await Promise.race([
    slack.connected(),
    once(bot, 'exit').then(() => Promise.reject(new Error('The bot did not start.'))),
  ]);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

process.exitCode = await main();
