import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { loadEnvironment, parseConfig } from '../../src/config.ts';
import { openCore } from '../../src/core.ts';
import { hashOf } from '../../src/handlers/deploy/planning/make-plan.ts';
import type { DeployPlan } from '../../src/handlers/deploy/planning/types.ts';
import { createPeople } from '../../src/slack/client/people.ts';
import type { Deployment } from '../../src/store/deployment.ts';
import { openStore } from '../../src/store/store.ts';
import { createLog } from '../../src/telemetry.ts';
import { fakeEngine } from '../docker/fake-engine.ts';
import { plan as shopPlan } from '../pictures/cards.ts';
import { auditEntry, question } from '../store/fixture.ts';
import { KEYS, RECORD_KEY } from '../store/keys.ts';

/** One host, one service; production needs a yes of on-call. */
export const CONFIG = {
  slack: { team: 'T0TEAM' },
  hosts: { 'web-1': { url: '' } },
  images: { allow: ['harbor.example.com/**'] },
  groups: { oncall: { people: ['U0OPS1', 'U0OPS2'] }, developers: { people: ['U0DEV1'] } },
  roles: { releaser: { commands: ['deploy', 'rollback'] } },
  channels: { C0PROD: { grants: [{ role: 'releaser', to: ['developers'], hosts: 'all' }] } },
  approvals: [{ commands: ['deploy', 'rollback'], hosts: 'all', from: ['oncall'] }] as object[],
};

export const PLAN: DeployPlan = {
  ...shopPlan,
  hosts: shopPlan.hosts.slice(0, 1),
  waves: [['web-1']],
  ask: false,
};

export interface Outcome {
  readonly deployment: Deployment;
  /** Requests that reached the engine. */
  readonly asked: number;
  readonly reasons: readonly (string | undefined)[];
}

/** A database with what was approved in it, an engine that remembers what it is asked, and a bot that carries out. */
export async function openRecords() {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-records-'));
  const url = `file:${join(folder, 'test.db')}`;
  const store = await openStore(url, KEYS);
  return {
    store,
    url,
    /** Asked by a developer, approved by `votes`, and queued. */
    async approved(more: { plan?: DeployPlan; votes?: readonly string[]; factor?: 'totp'; at?: number } = {}) {
      const { plan = PLAN, votes = ['U0OPS1'], at = Date.now() } = more;
      const base = { plan, hash: hashOf(plan), command: plan.action, requestedAt: at, expiresAt: at + 60_000 };
      await store.audit.append(auditEntry());
      await store.approvals.create(question('A1', base));
      const factor = more.factor && { factor: more.factor };
      for (const person of votes) await store.approvals.vote({ id: 'A1', person, at, ...factor });
      const glass = plan.breakGlass ? { breakGlass: { reason: 'down', reviewBy: at + 1000 } } : {};
      const by = plan.breakGlass ? 'U0DEV1' : (votes.at(-1) ?? '');
      await store.deployments.start({ id: 'D1', approval: 'A1', hosts: plan.waves.flat(), by, at, ...glass });
    },
    tamper(...statements: readonly string[]): void {
      const db = new DatabaseSync(url.slice(5));
      db.exec('pragma foreign_keys = off');
      for (const statement of statements) db.exec(statement);
      db.close();
    },
    /** Carries out what there is, under that config, and tells how `id` ended. Groups are read from `slack`. */
    async outcome(config: object = CONFIG, id = 'D1', slack?: Parameters<typeof createPeople>[1]): Promise<Outcome> {
      // One of its own: what a deployment that has ended still asks comes to another.
      await using engine = await fakeEngine({});
      const text = JSON.stringify({ ...config, hosts: hostsAt(engine.socketPath, config) });
      const parsed = parseConfig(text, 'test.yml', {});
      const env = loadEnvironment({
        DATABASE_URL: url,
        FAIRLEAD_RECORD_KEY: RECORD_KEY,
        FAIRLEAD_TOTP_KEY: 'ab'.repeat(32),
      });
      const log = createLog('silent');
      const core = await openCore(parsed, env, log);
      const ended = Promise.withResolvers<void>();
      const changed = async () => {
        if ((await store.deployments.get(id))?.state === 'ended') ended.resolve();
      };
      const people = createPeople(parsed, slack, log);
      const deps = core.deps(people, {
        async post() {},
        changed: () => void changed(),
      });
      deps.runner.start();
      await ended.promise;
      await deps.runner.stop();
      await core.close();
      const deployment = await store.deployments.get(id);
      if (!deployment) throw new Error('gone');
      const events = await store.audit.search({ limit: 20 });
      const reasons = events.filter(({ request }) => request === id).map(({ reason }) => reason);
      return { deployment, asked: engine.asked.length, reasons };
    },
    async [Symbol.asyncDispose]() {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function hostsAt(socket: string, config: object) {
  const { hosts = {} } = config as { hosts?: object };
  return Object.fromEntries(Object.keys(hosts).map((name) => [name, { url: `unix://${socket}` }]));
}
