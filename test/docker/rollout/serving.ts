import { expect } from 'vitest';
import { uniqueName } from '../../bed/bed.ts';
import type { Raw, Scene } from './scene.ts';

/** A service of version 1, which is always restarted. */
export async function serving(scene: Scene, body: Readonly<Record<string, unknown>> = {}) {
  const name = uniqueName('shop');
  const old = await scene.run(name, '1', {
    HostConfig: { NetworkMode: 'none', RestartPolicy: { Name: 'always' } },
    ...body,
  });
  return { name, old };
}

/** The old version is there under its name, with its restart policy, and of the others only `more`. */
export async function expectOld(
  scene: Scene,
  { name, old }: { readonly name: string; readonly old: string },
  more: Readonly<Record<string, string>> = {},
): Promise<Raw> {
  const now = await scene.inspect(name);
  expect(now.Id).toBe(old);
  expect(now.HostConfig['RestartPolicy']).toMatchObject({ Name: 'always' });
  expect(await scene.containers(name)).toEqual({ [name]: 'running', ...more });
  return now;
}
