import { randomBytes } from 'node:crypto';
import { describe, inject } from 'vitest';
import { callEngine, mustCall } from '../../playground/engine/api.ts';
import type { Bed } from './global-setup.ts';
import { PASSES } from './health.ts';

/** `describe` for tests that need a real engine. */
export const describeWithEngine = describe.skipIf(inject('bed') === undefined);

export function bed(): Bed {
  const found = inject('bed');
  if (!found) throw new Error('This test needs describeWithEngine.');
  return found;
}

/** Tests share the engines, so everything they make has a name of its own. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomBytes(5).toString('hex')}`;
}

/** One bare call to an engine; `json()` reads what it said. */
export async function engineApi(
  socketPath: string,
  method: string,
  path: string,
  body?: object,
): Promise<{ readonly status: number; readonly text: string; json(): unknown }> {
  const { status, text } = await callEngine(socketPath, method, path, body);
  return { status, text, json: () => JSON.parse(text) as unknown };
}

/** Runs until it is told to end. A bare `sleep`, as a container's first process, does not listen, and is killed after 10 s. */
export const SERVES = ['sh', '-c', "trap 'exit 0' TERM; sleep 600 & wait"] as const;

export interface Running extends AsyncDisposable {
  readonly id: string;
  readonly name: string;
}

export interface ContainerSpec {
  readonly name: string;
  readonly image: string;
  readonly cmd: readonly string[];
  readonly tty?: boolean;
  readonly env?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  /** The host's port for each of the container's: `{ '80/tcp': 0 }` takes any free one. */
  readonly ports?: Readonly<Record<string, number>>;
  readonly hostConfig?: Readonly<Record<string, unknown>>;
  /** Has a health check, which passes: a deploy then watches it for half as long. */
  readonly healthy?: boolean;
  /** `false` only makes it. */
  readonly start?: boolean;
  /** Waits for its end. */
  readonly wait?: boolean;
}

/** Makes and starts a container that is removed at the end of the block: `await using it = await runContainer(…)`. */
export async function runContainer(socketPath: string, spec: ContainerSpec): Promise<Running> {
  const ports = Object.entries(spec.ports ?? {});
  const body = {
    Image: spec.image,
    Cmd: spec.cmd,
    Tty: spec.tty ?? false,
    Env: spec.env ?? [],
    Labels: spec.labels ?? {},
    ...(spec.healthy ? { Healthcheck: { Test: ['CMD-SHELL', PASSES], Interval: 0.5e9 } } : {}),
    ExposedPorts: Object.fromEntries(ports.map(([inner]) => [inner, {}])),
    HostConfig: {
      PortBindings: Object.fromEntries(
        ports.map(([inner, outer]) => [inner, [{ HostIp: '127.0.0.1', HostPort: outer === 0 ? '' : `${outer}` }]]),
      ),
      ...spec.hostConfig,
    },
  };
  const made = await mustCall(socketPath, 'POST', `/containers/create?name=${spec.name}`, body);
  const { Id: id } = JSON.parse(made) as { Id: string };
  const remove = async () => {
    await callEngine(socketPath, 'DELETE', `/containers/${id}?force=true&v=true`);
  };
  try {
    if (spec.start !== false) await mustCall(socketPath, 'POST', `/containers/${id}/start`);
    if (spec.wait) await mustCall(socketPath, 'POST', `/containers/${id}/wait`);
  } catch (error) {
    await remove();
    throw error;
  }
  return { id, name: spec.name, [Symbol.asyncDispose]: remove };
}

/** The usual one: busybox, a name of its own, and no network, which is what takes longest to start. */
export function container(
  socketPath: string,
  spec: Partial<ContainerSpec> & Pick<ContainerSpec, 'cmd'>,
): Promise<Running> {
  const usual = { name: uniqueName('test'), image: 'busybox:1.0', hostConfig: { NetworkMode: 'none' } };
  return runContainer(socketPath, { ...usual, ...spec });
}
