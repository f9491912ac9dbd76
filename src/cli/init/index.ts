import { parseArgs } from 'node:util';
import { parseConfig } from '../../config.ts';
import { UserError } from '../../domain/errors.ts';
import {
  type Answers,
  channelOf,
  hostsOf,
  type NamedHost,
  ONCALL,
  type Question,
  REGISTRY,
  type Stage,
  TEAM,
  URL_OF_BOT,
} from './answers.ts';
import { type Terminal, terminal } from './ask.ts';
import { appLink, configOf, manifestOf, recordKey, secretsOf } from './files.ts';
import { envFile, inTheWay, type NewFile, writeAll } from './write.ts';

const STAGING = {
  hosts: hostsOf('staging-host', 'staging'),
  channel: channelOf('staging-channel', 'staging'),
};
const PRODUCTION = {
  hosts: hostsOf('prod-host', 'production'),
  channel: channelOf('prod-channel', 'production'),
};

type Flags = Readonly<Record<string, string | undefined>>;

/** Asks what is needed, by flags or at a terminal, and writes the files a bot starts from. */
export async function initCommand(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      team: { type: 'string' },
      url: { type: 'string' },
      'staging-host': { type: 'string', multiple: true },
      'staging-channel': { type: 'string' },
      'prod-host': { type: 'string', multiple: true },
      'prod-channel': { type: 'string' },
      oncall: { type: 'string' },
      registry: { type: 'string' },
      force: { type: 'boolean', default: false },
    },
  });
  const { force, 'staging-host': staging, 'prod-host': prod, ...rest } = values;
  const flags = { ...rest, 'staging-host': staging?.join(' '), 'prod-host': prod?.join(' ') };
  using person = terminal();
  const answers = await answersFrom(flags, person);
  const secrets = secretsOf(answers);
  const config = configOf(answers);
  // A mistake in what was made here must show before anything is written.
  parseConfig(config, 'fairlead.yml', { REGISTRY_PASSWORD: 'not known yet' });
  const app = manifestOf(answers);
  const files: NewFile[] = [
    { path: 'fairlead.yml', text: config, mode: 0o644 },
    { path: 'manifest.yml', text: app, mode: 0o644 },
  ];
  const there = force ? [] : inTheWay(files);
  if (there.length > 0 && !(await person?.agree(`${there.join(' and ')} would be overwritten. Go on?`)))
    throw new UserError(
      'conflict',
      `Nothing was written: ${there.join(' and ')} ${there.length === 1 ? 'is' : 'are'} here already.`,
      '--force overwrites; what is in .env is always kept.',
    );
  writeAll([...files, envFile('.env', [...secrets, recordKey()])]);
  process.stdout.write(nextSteps(answers, app));
  return 0;
}

async function answersFrom(flags: Flags, person: Terminal | undefined): Promise<Answers> {
  const missing: Question<unknown>[] = [];
  const maybe = async <T>(question: Question<T>): Promise<T | undefined> => {
    const text = flags[question.flag];
    return text === undefined ? person?.ask(question) : given(question, text);
  };
  const must = async <T>(question: Question<T>): Promise<T> => {
    const text = flags[question.flag];
    if (text !== undefined) return given(question, text);
    const answer = await person?.ask(question);
    if (answer === undefined) missing.push(question);
    return answer as T;
  };
  const stage = async ({ hosts, channel }: typeof STAGING): Promise<Stage | undefined> => {
    const found = (await maybe(hosts)) ?? [];
    return found.length === 0 ? undefined : { hosts: found, channel: await must(channel) };
  };

  const team = await must(TEAM);
  const url = await maybe(URL_OF_BOT);
  const staging = await stage(STAGING);
  const production = await stage(PRODUCTION);
  const oncall = production && (await must(ONCALL));
  if (!staging && !production) missing.push(STAGING.hosts, PRODUCTION.hosts);
  if (missing.length > 0) throw incomplete(missing, person !== undefined);
  const [twice] = repeated([...(staging?.hosts ?? []), ...(production?.hosts ?? [])]);
  if (twice !== undefined) throw new UserError('bad_input', `There are two hosts "${twice}"; each needs its own name.`);
  if (staging && staging.channel === production?.channel)
    throw new UserError('bad_input', 'Staging and production need a channel each: what may be said differs.');
  const registry = await maybe(REGISTRY);
  return { team, url, staging, production: production && oncall && { ...production, oncall }, registry };
}

function given<T>(question: Question<T>, text: string): T {
  try {
    return question.read(text);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError('bad_input', `--${question.flag}: ${error.message}`, `For example: ${question.example}`);
  }
}

function incomplete(missing: readonly Question<unknown>[], asked: boolean): UserError {
  if (asked) return new UserError('bad_input', 'Nothing was written: there has to be a host.');
  const lines = missing.map(({ flag, example, words }) => `  --${flag} ${example}\n      ${words}.`);
  return new UserError(
    'bad_input',
    `Nothing was written: there is no terminal to ask at, and these are missing:\n${lines.join('\n')}`,
    missing.includes(STAGING.hosts as Question<unknown>)
      ? 'One of --staging-host and --prod-host is enough.'
      : undefined,
  );
}

function repeated(hosts: readonly NamedHost[]): string[] {
  const names = hosts.map(({ name }) => name);
  return names.filter((name, index) => names.indexOf(name) !== index);
}

function nextSteps(answers: Answers, app: string): string {
  const { staging, production } = answers;
  const hosts = [...(staging?.hosts ?? []), ...(production?.hosts ?? [])];
  const files = hosts.flatMap(({ host: { tls, knownHosts } }) => [
    ...(tls ? Object.values(tls) : []),
    ...(knownHosts === undefined ? [] : [knownHosts]),
  ]);
  const channels = [staging, production].flatMap((stage) => (stage ? [stage.channel] : []));
  const steps = [
    `Create the Slack app. This link opens the form filled in (or paste manifest.yml at https://api.slack.com/apps):\n\n${appLink(app)}\n`,
    `Install it to the workspace, and fill in .env:\n${secretsOf(answers)
      .map(({ name, from }) => `     ${name.padEnd(20)}  ${from}`)
      .join('\n')}`,
    ...(files.length > 0 ? [`Put in place what the hosts are reached with: ${[...new Set(files)].join(', ')}`] : []),
    `Type /invite @fairlead in ${channels.join(' and in ')}.`,
    'fairlead check    tests all of it, and says what to click',
    'fairlead start    then type /ps in the channel',
  ];
  const list = steps.map((step, index) => `${index + 1}. ${step}`).join('\n');
  return `\nWritten: fairlead.yml, manifest.yml, and .env for the secrets.\n\n${list}\n`;
}
