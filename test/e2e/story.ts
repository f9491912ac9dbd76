import { randomBytes } from 'node:crypto';
import { TOTP } from 'otpauth';
import { onTestFinished } from 'vitest';
import { callEngine } from '../../playground/engine/api.ts';
import { buttonsOf, type LocalSlack, type Message } from '../../playground/server/index.ts';
import { bed } from '../bed/bed.ts';
import { PASSES } from '../bed/health.ts';
import { publishImage } from '../bed/publish.ts';
import { opened, type Scene, type SceneOptions, scene } from './harness.ts';
import { sharedScene } from './shared.ts';

export const said = (message: Message) => `${message.text}\n${JSON.stringify(message.blocks)}`;
export const says =
  (...words: string[]) =>
  (message: Message) =>
    words.every((word) => said(message).includes(word));

export interface Story extends Scene {
  readonly service: string;
}

export interface StoryOptions extends Pick<SceneOptions, 'env' | 'slack' | 'folder' | 'mode' | 'preload'> {
  /** Approval rules and what else the config should say, instead of one yes from on-call. */
  readonly rules?: string | ((service: string) => string);
  /** Of the service, beside how long it may take to be healthy. */
  readonly rollout?: string;
  readonly container?: string;
  /** Further hosts, as lines of the config. */
  readonly hosts?: string;
  /** Sockets of the two hosts' engines; those of the bed when left out. */
  readonly sockets?: readonly string[];
}

let published: Promise<void> | undefined;

/** Of each file its own: files run side by side, and would move each other's tags. */
export const IMAGE = `fairlead/story-${randomBytes(4).toString('hex')}`;

/** Once for all tests of a file; 1.2.0 never becomes healthy. */
async function publishVersions(): Promise<void> {
  const { sockets, registry } = bed();
  const health = (command: string) => `HEALTHCHECK --interval=500ms --retries=2 CMD ${command}`;
  const versions = { '1.0.0': health(PASSES), '1.1.0': health(PASSES), '1.2.0': health('false') };
  for (const [tag, check] of Object.entries(versions))
    await publishImage(sockets[0] ?? '', registry, `${IMAGE}:${tag}`, [
      check,
      `CMD ["sh", "-c", "trap 'exit 0' TERM; echo version ${tag} is up; sleep 3600 & wait"]`,
    ]);
}

const newService = () => `shop-${randomBytes(4).toString('hex')}`;

/** A service of its own for each test, with two good versions and one that never becomes healthy. */
export async function story(options: StoryOptions = {}): Promise<Story> {
  const service = newService();
  published ??= publishVersions();
  await published;
  const it = await scene({ ...sceneOf(options), config: configOf([service], options) });
  const dispose = it[Symbol.asyncDispose].bind(it);
  return Object.assign(it, {
    service,
    // What runs costs the machine; none may outlive its own test.
    async [Symbol.asyncDispose]() {
      await dispose();
      await removeFrom(options.sockets ?? bed().sockets, service);
    },
  });
}

/** One bot for several stories, each with a service of its own, of which there are `most`. */
export function sharedStory(most: number, options: StoryOptions = {}): () => Promise<Pick<Story, 'slack' | 'service'>> {
  const services = Array.from({ length: most }, newService);
  const shared = sharedScene(async () => {
    published ??= publishVersions();
    await published;
    return { ...sceneOf(options), config: configOf(services, options) };
  });
  const left = [...services];
  return async () => {
    const service = left.pop();
    if (service === undefined) throw new Error(`There are services for ${most} stories.`);
    onTestFinished(() => removeFrom(bed().sockets, service));
    return { ...(await shared()), service };
  };
}

function sceneOf({ slack, folder, env, mode, preload }: StoryOptions): SceneOptions {
  return {
    ...(slack ? { slack } : {}),
    ...(folder ? { folder } : {}),
    ...(env ? { env } : {}),
    ...(mode ? { mode } : {}),
    ...(preload ? { preload } : {}),
  };
}

function configOf(services: readonly string[], options: StoryOptions): string {
  const { registry } = bed();
  const sockets = options.sockets ?? bed().sockets;
  return `
slack: { team: T0FAIRLEAD, app: A0FAIRLEAD }
hosts:
  web-1: { url: "unix://${sockets[0]}", labels: { role: web } }
  web-2: { url: "unix://${sockets[1]}", labels: { role: web } }
${options.hosts ?? ''}
registries:
  "${registry.host}": { username: ${registry.username}, password: "\${REGISTRY_PASSWORD}" }
budget: { commands: 10000, per: 1m }
adopt: [ { containers: ["*"], hosts: all } ]
groups:
  developers: { people: [U0DEV1] }
  oncall: { usergroup: S0ONCALL }
roles:
  viewer: { commands: [ps, logs, history, deployments, locks] }
  releaser: { extends: [viewer], commands: [deploy, rollback, lock, unlock, ask] }
channels:
  C0PROD:
    grants: [ { role: releaser, to: [developers, oncall], hosts: all }, { role: viewer, hosts: all } ]
services:
${services.map((service) => serviceOf(service, options)).join('')}
${rulesOf(options.rules, services[0] ?? '')}
`;
}

function serviceOf(service: string, { container = '', rollout = 'stableFor: 0.3s' }: StoryOptions): string {
  return `
  ${service}:
    image: ${bed().registry.host}/${IMAGE}
    hosts: "role=web"
    container: { name: ${service}, memory: 32m, environment: { TOKEN: verysecretvalue }${container} }
    rollout: { healthyWithin: 15s, ${rollout} }
`;
}

function rulesOf(rules: StoryOptions['rules'], service: string): string {
  if (typeof rules === 'function') return rules(service);
  return rules ?? 'approvals: [ { commands: [deploy, rollback], hosts: all, from: [oncall], expires: 1h } ]';
}

async function removeFrom(sockets: readonly string[], service: string): Promise<void> {
  await Promise.all(sockets.map((socket) => removeAll(socket, service)));
}

async function removeAll(socket: string, service: string): Promise<void> {
  const filters = encodeURIComponent(JSON.stringify({ name: [service] }));
  const { text } = await callEngine(socket, 'GET', `/containers/json?all=true&filters=${filters}`);
  for (const { Id } of JSON.parse(text) as { Id: string }[])
    await callEngine(socket, 'DELETE', `/containers/${Id}?force=true&v=true`);
}

/** The labels of a message's buttons. */
export const labels = ({ blocks }: Message) => buttonsOf(blocks).map(({ text }) => text.text);

/** The commands of a message's buttons, as `deploy` or `dock approve`. */
export const commandsOf = ({ blocks }: Message) =>
  buttonsOf(blocks).map(({ value = '' }) => /^\/(dock \S+|\S+)/u.exec(value)?.[1] ?? value);

/** Whether a message is in the thread of a card. */
export const isNote = (card: Message) => (message: Message) => message.threadTs === card.ts;

/** Whether a message is the card of a request, with no answer left to give. */
export const isClosed = (card: Message) => (message: Message) =>
  message.ts === card.ts && !commandsOf(message).includes('dock approve');

export const OPS = { channel: 'C0PROD', as: 'U0DEV1' };
export const ask = (slack: LocalSlack, text: string, person = 'U0DEV1') =>
  slack.type({ person, channel: 'C0PROD', text });

/** The version that runs on each host, in their order. */
export async function running(name: string, sockets = bed().sockets): Promise<(string | undefined)[]> {
  return Promise.all(
    sockets.map(async (socket) => {
      const answer = await callEngine(socket, 'GET', `/containers/${name}/json`);
      if (answer.status !== 200) return undefined;
      const { Config, State } = JSON.parse(answer.text) as {
        Config: { Labels: Record<string, string> };
        State: { Running: boolean };
      };
      const version = /:([\d.]+)@/u.exec(Config.Labels['fairlead.image'] ?? '')?.[1];
      return State.Running ? version : 'stopped';
    }),
  );
}

/** Asks, approves and waits. */
export async function deployed(it: Pick<Story, 'slack' | 'service'>, version: string): Promise<Message> {
  await ask(it.slack, `/deploy ${it.service} ${version}`);
  const card = await it.slack.waitFor(says('asks to deploy', version, 'Approve'), OPS);
  await it.slack.click({ person: 'U0OPS1', message: card, label: 'Approve' });
  return it.slack.waitFor(says(`${version}`, 'is deployed on 2 hosts'), { ...OPS, timeoutMs: 30_000 });
}

const PERIOD_MS = 30_000;

/** Sets up a one-time code: the secret, a code that was used for it, and one that is good now. */
export async function enrol(slack: LocalSlack, person: string) {
  await ask(slack, '/dock totp', person);
  const [secret = ''] = /[A-Z2-7]{32}/u.exec(JSON.stringify(await opened(slack, person))) ?? [];
  const totp = new TOTP({ secret });
  const at = Date.now();
  const used = totp.generate({ timestamp: at });
  await slack.submitView({ person, values: { code: used } });
  await slack.waitFor(says('is set up'), { channel: 'C0PROD', as: person });
  const good = [0, 1, 2].map((step) => totp.generate({ timestamp: at + (step - 1) * PERIOD_MS }));
  const wrong = ['000000', '111111', '222222', '333333', '444444'].find((code) => !good.includes(code)) ?? '';
  return { secret, used, right: totp.generate({ timestamp: at + PERIOD_MS }), wrong };
}
