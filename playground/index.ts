import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf, UserError } from '../src/domain/errors.ts';
import { asText } from '../src/domain/phrase.ts';
import { startBot } from './bot.ts';
import { type LocalRegistry, startRegistry } from './engine/registry.ts';
import { watchHosts } from './engine/watch.ts';
import { findHosts, say, storyPackages } from './hosts.ts';
import { parentEnded } from './parent.ts';
import { ensurePrivateFolder, exists, privacyProblem } from './private-folder.ts';
import { prompt } from './prompt.ts';
import { startSlack } from './server/index.ts';
import { installedCommands } from './story/commands.ts';
import { storyConfig } from './story/config.ts';
import { hasSamples, makeSamples, removeSamples } from './story/samples.ts';
import { createTour, TOUR_CHANNEL } from './story/tour.ts';

const HELP = `fairlead playground [--keep] [--reset] [--port <number>]

The real bot between a local Slack and a real Docker engine: a page for the browser, and a prompt here.
  --keep          keep everything for the next time: containers, images, the bot's database
  --reset         start from scratch, without what an earlier --keep left
  --port <number> port of the page; any free one by default`;

/** The folder of `--keep`. Short, since paths of sockets are limited to 107 bytes, and outside the checkout. */
const KEPT = `/var/tmp/fairlead-playground-${process.getuid?.() ?? 0}`;

type Undo = (() => unknown)[];

async function main(): Promise<number> {
  const options = readArguments();
  if (options === undefined) return 2;
  if (options.help) {
    say(HELP);
    return 0;
  }
  const undo: Undo = [];
  const cleanUp = async () => {
    for (const step of undo.splice(0).reverse()) {
      try {
        await step();
      } catch (error) {
        say(`Not removed: ${messageOf(error)}`);
      }
    }
  };
  const { promise: ended, resolve: end } = Promise.withResolvers<number>();
  onSignal(end);
  void parentEnded().then(() => end(143));
  // Nobody reads the output any more: a pipe such as `| head` has closed, or the terminal has.
  process.stdout.once('error', () => end(141)).on('error', () => undefined);
  try {
    return await Promise.race([play(options, undo), ended]);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    say(`${error.message} ${asText(error.hint ?? '')}`);
    return 1;
  } finally {
    await cleanUp();
  }
}

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
/**
 * A terminal and the parent may both pass on the same Ctrl-C. A signal later than this is a second Ctrl-C: exit at
 * once.
 */
const SAME_MS = 1000;

function onSignal(end: (code: number) => void): void {
  let first: number | undefined;
  for (const [signal, code] of Object.entries(SIGNALS))
    process.on(signal, () => {
      first ??= performance.now();
      if (performance.now() - first > SAME_MS) process.exit(code);
      end(code);
    });
}

interface Options {
  readonly keep: boolean;
  readonly reset: boolean;
  readonly help: boolean;
  readonly port: number;
}

function readArguments(): Options | undefined {
  const flag = { type: 'boolean', default: false } as const;
  try {
    const { values } = parseArgs({
      options: { keep: flag, reset: flag, help: flag, port: { type: 'string', default: '0' } },
    });
    const port = Number(values.port);
    if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`${values.port} is not a port.`);
    return { ...values, port };
  } catch (error) {
    say(`${messageOf(error)}\n\n${HELP}`);
    return undefined;
  }
}

async function play({ keep, reset, port }: Options, undo: Undo): Promise<number> {
  // A folder that another user made is neither used nor removed: the path is predictable, so anybody could create it
  // first.
  const foreign = exists(KEPT) ? privacyProblem(KEPT) : undefined;
  if (foreign !== undefined) say(`Not using ${KEPT}: ${foreign}.`);
  else if (reset) rmSync(KEPT, { recursive: true, force: true });
  // A kept demo is continued, and kept again only with another `--keep`.
  const kept = keep || (foreign === undefined && exists(KEPT));
  const folder = kept ? KEPT : mkdtempSync(join(tmpdir(), 'fairlead-playground-'));
  if (kept) ensurePrivateFolder(folder);
  if (!keep) undo.push(() => rmSync(folder, { recursive: true, force: true }));

  const found = await findHosts(folder, kept, undo);
  if (found === undefined) return 1;
  const { hosts, forBot, borrowed } = found;
  const registry = await storyRegistry(kept ? join(folder, 'registry') : undefined, undo);
  const commands = installedCommands();
  const tour = createTour(commands);
  const page = { commands, tour, hosts: watchHosts(hosts), start: TOUR_CHANNEL };
  const slack = await startSlack({ port, commands: commands.map(({ name }) => name), page });
  undo.push(() => slack.stop());
  slack.on('change', ({ message }) => message && tour.look(message));
  const bot = async () => {
    const secrets = registry ? { REGISTRY_PASSWORD: registry.password } : {};
    undo.push(await startBot(folder, storyConfig(forBot, registry), slack, secrets));
    say(`\nOpen ${slack.url} in a browser, or type here; "help" says what.\n`);
  };
  const samples = async () => {
    // Private engines are removed with everything on them; on the user's engine, the samples are removed.
    let making: Promise<void> = Promise.resolve();
    // Waits for samples that are still being made, or they would appear after the removal.
    if (!keep && borrowed) undo.push(() => making.catch(() => undefined).then(() => removeSamples(hosts)));
    if (!registry || (kept && !reset && (await hasSamples(hosts)))) return;
    making = (kept || borrowed ? removeSamples(hosts) : Promise.resolve()).then(() => makeSamples(hosts, registry));
    await making;
  };
  await Promise.all([bot(), samples()]);
  if (await prompt(slack)) return 0;
  // Without a terminal nothing can be typed, but the page can be used.
  say('No terminal: use the page. The playground runs until Ctrl-C or SIGTERM.');
  return new Promise(() => undefined);
}

/**
 * The registry with the versions of the sample service. Undefined, with a message, when its packages are missing; the
 * rest works.
 */
async function storyRegistry(keptIn: string | undefined, undo: Undo): Promise<LocalRegistry | undefined> {
  const why = await storyPackages();
  if (why !== undefined) {
    say(`There is no sample service: ${why}. Everything else works.`);
    return undefined;
  }
  const registry = await startRegistry(keptIn === undefined ? {} : { keptIn });
  undo.push(() => registry.stop());
  return registry;
}

// Open connections would keep the process running.
process.exit(await main());
