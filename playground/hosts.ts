import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { findEngine } from './engine/find-engine.ts';
import { guardEngine } from './engine/guard.ts';
import { canInstall, ENGINE_PACKAGES, installPackages, missingPackages } from './engine/packages.ts';
import { startEngine } from './engine/private-engine.ts';
import type { StoryHost } from './story/samples.ts';

export interface FoundHosts {
  /** Sockets for the playground itself. */
  readonly hosts: readonly StoryHost[];
  /** Sockets for the bot: behind the guard when the engine is the user's. */
  readonly forBot: readonly StoryHost[];
  /** Whether the engine is the user's, and is left running. */
  readonly borrowed: boolean;
}

const NAMES = ['web-1', 'web-2'] as const;

/**
 * Finds the Docker engines of the demo. An engine that already runs becomes one host, since two names for one machine
 * would be untrue. Without one, root on Debian or Ubuntu gets two private engines. Undefined when neither is possible.
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
  // In turn: engines that start at the same time wait for each other anyway.
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

/** Whether private engines can be started; installs Docker for that if it is missing and the user agrees. */
async function ready(): Promise<boolean> {
  const missing = missingPackages();
  if (process.getuid?.() !== 0 || (missing.length > 0 && !canInstall())) {
    say(
      'There is no Docker engine here. Start one, or set DOCKER_HOST=unix:///path/to/docker.sock.\nAs root on Debian or Ubuntu, the playground can install and run engines of its own.',
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

/**
 * Installs the packages that the sample service needs besides an engine. Returns why that is not possible; undefined
 * when it is done.
 */
export async function storyPackages(): Promise<string | undefined> {
  const wanted = Object.fromEntries(
    Object.entries(ENGINE_PACKAGES).filter(([name]) => ['busybox-static', 'docker-registry'].includes(name)),
  );
  const missing = missingPackages(wanted);
  if (missing.length === 0) return undefined;
  const names = missing.join(' and ');
  if (!canInstall()) return `${names} cannot be installed here (these are Debian packages)`;
  if (!(await agreed(`The samples are made with ${names}. Install from this system's packages?`)))
    return `you chose not to install ${names}`;
  await installPackages(missing);
  return undefined;
}

async function agreed(question: string): Promise<boolean> {
  if (process.stdin.isTTY !== true) {
    say(`${question} No terminal to ask at: assuming yes.`);
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
