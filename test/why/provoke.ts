import { expect } from 'vitest';
import { callEngine, mustCall } from '../../playground/engine/api.ts';
import type { WhyResult } from '../../src/handlers/containers/why/why.ts';
import { uniqueName } from '../bed/bed.ts';
import { openDesk, resultOf } from '../handlers/desk.ts';

/** A failure that is provoked on a real engine, and the cause that has to be named first. */
export interface Row {
  readonly what: string;
  /** Id of the cause; several where each is right. */
  readonly expected: string | readonly string[];
  /** Body of the request that creates the container; `sh` is short for a command of busybox's shell. */
  readonly body: Readonly<Record<string, unknown>>;
  /** When it has gone wrong, by its inspection; by default once it has ended. */
  readonly until?: (inspected: Inspected) => boolean;
  readonly isNotStarted?: true;
  /** What is prepared before it is created, and what is done to it once it runs. */
  readonly before?: (scene: Scene) => Promise<Readonly<Record<string, unknown>> | undefined>;
  readonly after?: (scene: Scene) => Promise<unknown>;
}

export interface Inspected {
  readonly RestartCount: number;
  readonly State: {
    readonly Status: string;
    readonly Running: boolean;
    readonly Error: string;
    readonly ExitCode: number;
    readonly OOMKilled: boolean;
    readonly Health?: { readonly Status: string; readonly Log: readonly unknown[] | null };
  };
}

/** One row on one engine. */
export interface Scene {
  readonly socket: string;
  readonly name: string;
  /** A call that has to succeed. */
  call(method: string, path: string, body?: object): Promise<string>;
  /** The same that may fail. */
  tryCall(method: string, path: string, body?: object): Promise<unknown>;
  /** Another container beside it, removed with it; resolves to its name. */
  neighbour(name: string, body: object, start?: boolean): Promise<string>;
  /** A network, removed with it; resolves to its name. */
  network(body?: object): Promise<string>;
}

export interface Outcome {
  readonly what: string;
  readonly expected: readonly string[];
  readonly found: readonly string[];
  readonly sentence: unknown;
  /** Milliseconds from the command to its card. */
  readonly ms: number;
}

export const sh = (script: string) => ({ Cmd: ['sh', '-c', script] });

const ended = ({ State }: Inspected) => State.Status === 'exited' || State.Error !== '';

/** Provokes a failure, asks why, and takes everything away again. */
export async function provoke(socket: string, row: Row): Promise<Outcome> {
  const name = uniqueName('why');
  const undo: string[] = [];
  const scene: Scene = {
    socket,
    name,
    call: (method, path, body) => mustCall(socket, method, path, body),
    tryCall: (method, path, body) => callEngine(socket, method, path, body),
    async neighbour(other, body, start = true) {
      await mustCall(socket, 'POST', `/containers/create?name=${other}`, { Image: 'busybox:1.0', ...body });
      undo.unshift(`/containers/${other}?force=true&v=true`);
      if (start) await mustCall(socket, 'POST', `/containers/${other}/start`);
      return other;
    },
    async network(body = {}) {
      const network = uniqueName('why-net');
      await mustCall(socket, 'POST', '/networks/create', { Name: network, ...body });
      undo.push(`/networks/${network}`);
      return network;
    },
  };
  try {
    const more = (await row.before?.(scene)) ?? {};
    const body = merged({ Image: 'busybox:1.0', HostConfig: { NetworkMode: 'none' } }, row.body, more);
    await mustCall(socket, 'POST', `/containers/create?name=${name}`, body);
    undo.unshift(`/containers/${name}?force=true&v=true`);
    if (row.isNotStarted !== true) await callEngine(socket, 'POST', `/containers/${name}/start`);
    await row.after?.(scene);
    const until = row.until ?? ended;
    await expect
      .poll(async () => until(JSON.parse(await mustCall(socket, 'GET', `/containers/${name}/json`)) as Inspected), {
        timeout: 30_000,
        interval: 100,
        message: `${row.what}: it did not go wrong`,
      })
      .toBe(true);
    return await ask(socket, name, row);
  } finally {
    for (const path of undo) await callEngine(socket, 'DELETE', path);
  }
}

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
    ms: Math.round(performance.now() - began),
  };
}

type Json = Readonly<Record<string, unknown>>;

/** Objects in one: of settings of the host, both are kept. */
function merged(...all: readonly Json[]): Json {
  const hostConfig = Object.assign({}, ...all.map((one) => one['HostConfig'] ?? {})) as Json;
  return { ...(Object.assign({}, ...all) as Json), HostConfig: hostConfig };
}
