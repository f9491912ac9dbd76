import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { findEngine } from './engine/find-engine.ts';
import { guardEngine } from './engine/guard.ts';
import { canInstall, ENGINE_PACKAGES, installPackages, missingPackages } from './engine/packages.ts';
import { startEngine } from './engine/private-engine.ts';
import type { StoryHost } from './story/samples.ts';

export interface FoundHosts {
  /** As the playground itself uses them. */
  readonly hosts: readonly StoryHost[];
  /** As the bot does: guarded where the engine is somebody's. */
  readonly forBot: readonly StoryHost[];
  /** Whether the engine was there before, and stays. */
  readonly borrowed: boolean;
}

const NAMES = ['web-1', 'web-2'] as const;

/**
 * The hosts of the story. An engine that is there is one host, since two names for one machine would not be true. Where there
 * is none, and this is root's Debian or Ubuntu, two of our own are started. Undefined when there is nothing to use.
 */
export async function findHosts(
  folder: string,
  keep: boolean,
  undo: (() => unknown)[],
): Promise<FoundHosts | undefined> {
  const found = await findEngine();
  if (found !== undefined) {
    const guard = join(folder, 'guard.sock');
    const { stop } = await guardEngine(found, guard);
    undo.push(stop);
    say(
      `Using the engine at ${found}, as one host. The bot can read all of it, and change only what the playground made.`,
    );
    const [name] = NAMES;
    return { hosts: [{ name, socketPath: found }], forBot: [{ name, socketPath: guard }], borrowed: true };
  }
  if (!(await ready())) return undefined;
  // One after the other: engines that start together wait for each other anyway.
  const hosts: StoryHost[] = [];
  for (const name of NAMES) {
    const kept = keep ? { keptIn: join(folder, `fairlead-engine-${name}`) } : {};
    const { socketPath, stop } = await startEngine({ name, ...kept });
    undo.push(stop);
    hosts.push({ name, socketPath });
  }
  say(`Started two engines of its own, ${NAMES.join(' and ')}.`);
  return { hosts, forBot: hosts, borrowed: false };
}

/** Whether engines of our own can be started, after installing them if need be and somebody agrees. */
async function ready(): Promise<boolean> {
  const missing = missingPackages();
  if (process.getuid?.() !== 0 || (missing.length > 0 && !canInstall())) {
    say(
      'There is no Docker engine here. Start one, or set DOCKER_HOST=unix:///path/to/docker.sock.\nAs root on Debian or Ubuntu, Fairlead would install and run one of its own.',
    );
    return false;
  }
  if (missing.length === 0) return true;
  const question = `There is no Docker engine here. Install ${missing.join(', ')} from this system's packages?`;
  if (!(await agreed(question))) return false;
  say('Installing; about a minute…');
  await installPackages(missing);
  return true;
}

/** What the sample service takes, beside an engine that was there: why it cannot be had, or nothing. */
export async function storyPackages(): Promise<string | undefined> {
  const wanted = Object.fromEntries(
    Object.entries(ENGINE_PACKAGES).filter(([name]) => ['busybox-static', 'docker-registry'].includes(name)),
  );
  const missing = missingPackages(wanted);
  if (missing.length === 0) return undefined;
  const names = missing.join(' and ');
  if (!canInstall()) return `${names} cannot be had here (Debian's packages)`;
  if (!(await agreed(`The samples are made with ${names}. Install from this system's packages?`)))
    return `${names} should not be installed`;
  await installPackages(missing);
  return undefined;
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

export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
