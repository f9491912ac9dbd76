import { expect } from 'vitest';
import { explainRefusal } from '../../src/docker/diagnosis/refusal.ts';
import type { WhyResult } from '../../src/handlers/containers/why.ts';
import { openDesk, resultOf } from '../handlers/desk.ts';
import { openScene, type Scene } from './scene.ts';

/** A failure that is provoked on a real engine, and the cause that has to be named first. */
export interface Row {
  readonly what: string;
  /** Id of the cause; several where each is right, none where nothing is wrong. */
  readonly expected: string | readonly string[];
  /** Body of the request that creates the container. */
  readonly body: object;
  /** When it has gone wrong, by its inspection; by default once it has ended or was refused. */
  readonly until?: (inspected: Inspected) => boolean;
  /** Only created; `after` starts it, or nobody does. */
  readonly isNotStarted?: true;
  /** The engine refuses to create or start it, and keeps no word of that: what a failed command shows is asked for. */
  readonly isRefusedAtOnce?: true;
  /** What is prepared first; more of the body. */
  readonly before?: (scene: Scene) => Promise<object>;
  /** What is done to it once it was started. */
  readonly after?: (scene: Scene) => Promise<unknown>;
}

export interface Inspected {
  readonly RestartCount: number;
  readonly HostConfig: { readonly NetworkMode: string };
  readonly State: {
    readonly Status: string;
    readonly Running: boolean;
    readonly Error: string;
    readonly ExitCode: number;
    readonly Health?: { readonly Status: string; readonly Log: readonly unknown[] | null };
  };
}

export interface Outcome {
  readonly what: string;
  readonly expected: readonly string[];
  /** Ids of the causes, the first one first. */
  readonly found: readonly string[];
  readonly sentence: unknown;
  readonly evidence: readonly string[];
  /** Milliseconds from the command to its card. */
  readonly ms: number;
}

const hasEnded = ({ State }: Inspected) => State.Status === 'exited' || State.Error !== '';

/** Provokes a failure, asks why, and takes everything away again. */
export async function provoke(socket: string, row: Row): Promise<Outcome> {
  await using scene = openScene(socket);
  const { name, call } = scene;
  const more = (await row.before?.(scene)) ?? {};
  const usual = { Image: 'busybox:1.0', HostConfig: { NetworkMode: 'none' } };
  const body = merged(usual, row.body, more);
  if (row.isRefusedAtOnce) return await explain(scene, body, row);
  await call('POST', `/containers/create?name=${name}`, body);
  scene.removeLater(`/containers/${name}?force=true&v=true`);
  if (row.isNotStarted !== true) await scene.tryCall('POST', `/containers/${name}/start`);
  await row.after?.(scene);
  const { until = hasEnded } = row;
  await expect
    .poll(async () => until(await inspected(scene)), { timeout: 40_000, interval: 100, message: row.what })
    .toBe(true);
  return await ask(socket, name, row);
}

export const inspected = async ({ call, name }: Scene) =>
  JSON.parse(await call('GET', `/containers/${name}/json`)) as Inspected;

async function ask(socket: string, name: string, { what, expected }: Row): Promise<Outcome> {
  await using desk = await openDesk({ one: socket }, ['why', 'logs', 'ps', 'prune']);
  const began = performance.now();
  const { hosts } = resultOf<WhyResult>(await desk.say(`/dock why ${name}`));
  const causes = hosts[0]?.diagnosis.causes ?? [];
  return {
    what,
    expected: [expected].flat(),
    found: causes.map(({ id }) => id),
    sentence: causes[0]?.sentence,
    evidence: causes[0]?.evidence ?? [],
    ms: Math.round(performance.now() - began),
  };
}

/** What is said under a command that the engine refused. */
async function explain({ tryCall, name, removeLater }: Scene, body: object, { what, expected }: Row): Promise<Outcome> {
  const made = await tryCall('POST', `/containers/create?name=${name}`, body);
  removeLater(`/containers/${name}?force=true&v=true`);
  const refused = made.status < 400 ? await tryCall('POST', `/containers/${name}/start`) : made;
  const { message = '' } = JSON.parse(refused.text || '{}') as { message?: string };
  const began = performance.now();
  const cause = explainRefusal(message, { host: 'one' });
  return {
    what,
    expected: [expected].flat(),
    found: cause === undefined ? [] : [cause.id],
    sentence: cause?.sentence,
    evidence: [message],
    ms: Math.round(performance.now() - began),
  };
}

type Json = Readonly<Record<string, unknown>>;

/** Objects in one; of the settings of the host, all are kept. */
function merged(...all: readonly object[]): object {
  const hostConfig = Object.assign({}, ...all.map((one) => (one as Json)['HostConfig'] ?? {})) as Json;
  return { ...(Object.assign({}, ...all) as Json), HostConfig: hostConfig };
}
