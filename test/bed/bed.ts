import { randomBytes } from 'node:crypto';
import { describe, inject } from 'vitest';
import { callEngine, mustCall } from '../../playground/engine/api.ts';
import type { Bed } from './global-setup.ts';

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

export interface Running extends AsyncDisposable {
  readonly id: string;
  readonly name: string;
}

/** Makes and starts a container that is removed at the end of the block. */
export async function container(
  socket: string,
  spec: {
    readonly name?: string;
    readonly cmd: readonly string[];
    readonly image?: string;
    readonly tty?: boolean;
    readonly env?: readonly string[];
    readonly labels?: Readonly<Record<string, string>>;
    readonly start?: boolean;
    readonly wait?: boolean;
  },
): Promise<Running> {
  const name = spec.name ?? uniqueName('test');
  const body = {
    Image: spec.image ?? 'busybox:1.0',
    Cmd: spec.cmd,
    Tty: spec.tty ?? false,
    Env: spec.env ?? [],
    Labels: spec.labels ?? {},
    HostConfig: { NetworkMode: 'none' },
  };
  const { Id } = JSON.parse(await mustCall(socket, 'POST', `/containers/create?name=${name}`, body)) as { Id: string };
  if (spec.start !== false) await mustCall(socket, 'POST', `/containers/${Id}/start`);
  if (spec.wait) await mustCall(socket, 'POST', `/containers/${Id}/wait`);
  return {
    id: Id,
    name,
    async [Symbol.asyncDispose]() {
      await callEngine(socket, 'DELETE', `/containers/${Id}?force=true`);
    },
  };
}
