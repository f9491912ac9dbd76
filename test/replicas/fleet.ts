import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '../../playground/server/clock.ts';
import { APP, TEAM } from '../../playground/server/defaults.ts';
import type { Delivered } from '../../playground/server/delivery.ts';
import { createHttpDelivery } from '../../playground/server/http-delivery.ts';
import { type LocalSlack, startSlack } from '../../playground/server/index.ts';
import { freePort } from '../e2e/access.ts';
import { type BotProcess, end, launch, READY } from '../e2e/process.ts';
import { balance } from '../e2e/shapes/balancer.ts';
import { RECORD_KEY } from '../store/keys.ts';

const BOT = 'U0FAIRLEAD';
/** Between the end of a process and its next start. */
const RESTART_MS = 500;

/** Replicas of the bot behind a load balancer, and the people of a workspace who use them. */
export interface Fleet extends AsyncDisposable {
  readonly slack: LocalSlack;
  readonly people: readonly string[];
  readonly channel: string;
  /** A person clicks a button with this command line, below an older message of the bot's. Resolves as `slack.type` does. */
  click(person: string, line: string): Promise<Delivered>;
  /** SIGKILL to one replica, and its next start; resolves when that is ready. */
  killAndStart(index: number): Promise<void>;
}

interface FleetOptions {
  /** Address of the database, or one for each replica. */
  readonly databases: readonly string[];
  readonly people: number;
  readonly socketPath: string;
}

/** As many replicas as there are addresses; each receives requests over HTTP and carries on what outlasts them. */
export async function startFleet({ databases, people: count, socketPath }: FleetOptions): Promise<Fleet> {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-fleet-'));
  const people = Array.from({ length: count }, (_, index) => `U0CROWD${index}`);
  const channel = 'C0STAGING';
  const slack = await startSlack({
    rateLimits: false,
    people: people.map((id) => ({ id, name: id.toLowerCase() })),
    channels: [{ id: channel, name: 'staging', members: [...people, BOT] }],
    userGroups: [],
  });
  writeFileSync(join(folder, 'fairlead.yml'), configText(socketPath, channel));
  const ports = await Promise.all(databases.map(() => freePort()));
  const start = (index: number): BotProcess =>
    launch({
      PATH: process.env['PATH'],
      FAIRLEAD_CONFIG: join(folder, 'fairlead.yml'),
      FAIRLEAD_RECORD_KEY: RECORD_KEY,
      DATABASE_URL: databases[index]?.replace('{folder}', folder),
      SLACK_BOT_TOKEN: slack.tokens.bot,
      SLACK_API_URL: slack.apiUrl,
      SLACK_SIGNING_SECRET: slack.tokens.signingSecret,
      PORT: String(ports[index]),
      LOG_LEVEL: 'info',
    });
  const replicas = databases.map((_, index) => start(index));
  await Promise.all(replicas.map((one) => one.said(READY)));
  const port = await freePort();
  const stopBalancing = await balance(port, ports);
  const url = `http://127.0.0.1:${port}/slack/events`;
  slack.setRequestUrl(url);
  const delivery = createHttpDelivery(url, slack.tokens.signingSecret, systemClock);
  return {
    slack,
    people,
    channel,
    click: (person, line) => delivery.send('interactive', clickOf(person, channel, line)),
    async killAndStart(index) {
      await end(replicas[index] as BotProcess, 'SIGKILL');
      // As a supervisor does: a process that finds no database ends, and is started again.
      for (let isReady = false; !isReady; ) {
        const next = start(index);
        replicas[index] = next;
        isReady = await Promise.race([next.said(READY).then(() => true), next.exit.then(() => false)]).catch(
          () => false,
        );
        if (!isReady) await pause(RESTART_MS);
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(replicas.map((one) => end(one, 'SIGTERM')));
      await stopBalancing();
      await slack.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const clickOf = (person: string, channel: string, value: string) => ({
  type: 'block_actions',
  api_app_id: APP,
  team: { id: TEAM, domain: 'fairlead' },
  enterprise: null,
  user: { id: person, name: person.toLowerCase(), team_id: TEAM },
  channel: { id: channel, name: 'staging' },
  container: { type: 'message', channel_id: channel },
  trigger_id: randomUUID(),
  actions: [{ type: 'button', action_id: 'say-0', block_id: 'b', value }],
});

function configText(socketPath: string, channel: string): string {
  return JSON.stringify({
    slack: { team: 'T0FAIRLEAD' },
    hosts: { 'web-1': { url: `unix://${socketPath}` } },
    images: { allow: ['docker.io/fairlead/*'] },
    roles: { operator: { commands: ['images', 'ps', 'pull', 'prune'] } },
    channels: { [channel]: { grants: [{ role: 'operator', hosts: 'all' }] } },
    budget: { commands: 10_000, per: '1s' },
  });
}
