import { expect, it, onTestFinished } from 'vitest';
import { mountedTwice } from '../../../src/docker/rollout/mounts.ts';
import { bed, describeWithEngine, engineApi, uniqueName } from '../../bed/bed.ts';

const volume = uniqueName('twice');
/** The ways to ask for a mount at `/x`. */
const WAYS = {
  '-v volume': { Binds: [`${volume}:/x`] },
  '-v folder': { Binds: ['/srv:/x/:ro'] },
  '--mount volume': { Mounts: [{ Type: 'volume', Source: volume, Target: '/x' }] },
  '--mount folder': { Mounts: [{ Type: 'bind', Source: '/srv', Target: '/x' }] },
  '--mount tmpfs': { Mounts: [{ Type: 'tmpfs', Target: '//x' }] },
  '--tmpfs': { Tmpfs: { '/x': '' } },
  'another path': { Binds: [`${volume}:/y`], Tmpfs: { '/xy': '' } },
};
const PAIRS = Object.keys(WAYS).flatMap((one) => Object.keys(WAYS).map((other): [string, string] => [one, other]));

describeWithEngine('two mounts of one path', { timeout: 60_000 }, () => {
  it.each(PAIRS)('are noticed exactly where the engine refuses them: %s beside %s', async (one, other) => {
    const socket = bed().sockets[0] ?? '';
    const [first, second] = [WAYS[one as keyof typeof WAYS], WAYS[other as keyof typeof WAYS]] as Partial<HostConfig>[];
    const hostConfig: HostConfig = {
      NetworkMode: 'none',
      Binds: [...(first?.Binds ?? []), ...(second?.Binds ?? [])],
      Mounts: [...(first?.Mounts ?? []), ...(second?.Mounts ?? [])],
      Tmpfs: { ...first?.Tmpfs, ...second?.Tmpfs },
    };
    const made = await engineApi(socket, 'POST', '/containers/create', {
      Image: 'busybox:1.0',
      Cmd: ['true'],
      HostConfig: hostConfig,
    });
    const id = made.status === 201 ? (made.json() as { Id: string }).Id : undefined;
    onTestFinished(async () => {
      if (id !== undefined) await engineApi(socket, 'DELETE', `/containers/${id}?force=true&v=true`);
      await engineApi(socket, 'DELETE', `/volumes/${volume}`);
    });
    const started = id === undefined ? undefined : (await engineApi(socket, 'POST', `/containers/${id}/start`)).status;

    const twice = mountedTwice({ config: {}, hostConfig: { ...hostConfig }, endpoints: new Map() });
    expect({ twice: twice.size > 0, said: made.text }).toEqual({ twice: started !== 204, said: made.text });
  });
});

interface HostConfig {
  readonly NetworkMode: string;
  readonly Binds: readonly string[];
  readonly Mounts: readonly object[];
  readonly Tmpfs: Readonly<Record<string, string>>;
}
