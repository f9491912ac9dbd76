import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectEngine } from '../../../src/docker/client/connect.ts';
import { planHost } from '../../../src/docker/rollout/plan.ts';
import { recoverHost } from '../../../src/docker/rollout/recover.ts';
import { runHost } from '../../../src/docker/rollout/run.ts';
import type { HostPlan, HostRun, Phase } from '../../../src/docker/rollout/types.ts';
import type { HostVerdict } from '../../../src/docker/rollout/verdict.ts';
import type { Wanted } from '../../../src/docker/rollout/wanted.ts';

/** The process of the kill test: recovers the last rollout, waits for a message, and deploys until it is killed. */

export interface Job {
  readonly deployId: string;
  readonly wanted: Wanted;
}

export interface Order {
  readonly socket: string;
  /** Folder of the journals. */
  readonly folder: string;
  readonly recover: readonly string[];
  readonly deploy: readonly Job[];
  /** Undefined when the process is not killed. */
  readonly kill?: Kill | undefined;
}

export interface Kill {
  readonly deployId: string;
  readonly phase: Phase;
  readonly moment: 'before the journal' | 'after the journal' | 'in the phase';
  /** Milliseconds into the phase. */
  readonly delay: number;
}

const order = JSON.parse(readFileSync(process.argv[2] as string, 'utf8')) as Order;
const engine = connectEngine({ kind: 'unix', socketPath: order.socket });
const at = (id: string, kind: string) => join(order.folder, `${id}.${kind}`);
const killSelf = () => process.kill(process.pid, 'SIGKILL');

function runOf({ deployId, wanted, plan }: Job & { readonly plan: HostPlan }): HostRun {
  const { kill } = order;
  return {
    deployId,
    by: 'U0DEV1',
    wanted,
    plan,
    async journal(phase) {
      const isHere = kill?.deployId === deployId && kill.phase === phase;
      if (isHere && kill.moment === 'before the journal') killSelf();
      appendFileSync(at(deployId, 'journal'), `${phase}\n`);
      if (isHere && kill.moment === 'after the journal') killSelf();
      if (isHere) void sleep(kill.delay).then(killSelf);
    },
    report() {},
    assertAllowed() {},
    signal: new AbortController().signal,
    redact: (text) => text,
  };
}

function writeVerdict(id: string, verdict: HostVerdict): void {
  writeFileSync(at(id, 'tmp'), JSON.stringify(verdict));
  renameSync(at(id, 'tmp'), at(id, 'verdict'));
}

async function recover(id: string): Promise<void> {
  const job = JSON.parse(readFileSync(at(id, 'plan'), 'utf8')) as Job & { plan: HostPlan };
  const lines = existsSync(at(id, 'journal')) ? readFileSync(at(id, 'journal'), 'utf8').trim().split('\n') : [];
  writeVerdict(id, await recoverHost(engine, runOf(job), lines as Phase[]));
}

async function deploy(job: Job): Promise<void> {
  const plan = await planHost(engine, 'web-1', job.wanted);
  writeFileSync(at(job.deployId, 'tmp'), JSON.stringify({ ...job, plan }));
  renameSync(at(job.deployId, 'tmp'), at(job.deployId, 'plan'));
  writeVerdict(job.deployId, await runHost(engine, runOf({ ...job, plan })));
}

await Promise.all(order.recover.map(recover));
if (order.deploy.length > 0) {
  const told = new Promise((resolve) => process.once('message', resolve));
  process.send?.('recovered');
  await told;
  await Promise.all(order.deploy.map(deploy));
}
process.exit(0);
