import { expect, it } from 'vitest';
import { containerIdsFrom } from '../../../src/docker/client/own-container.ts';

const ID = 'a1'.repeat(32);
const OTHER = 'b2'.repeat(32);
const mount = (root: string, point: string) => `812 800 254:1 ${root} ${point} rw,relatime - ext4 /dev/vda1 rw`;

it.each([
  ['docker', mount(`/var/lib/docker/containers/${ID}/hostname`, '/etc/hostname'), '0::/', 'bot', [ID]],
  ['docker on a disk of its own', mount(`/containers/${ID}/resolv.conf`, '/etc/resolv.conf'), '', 'bot', [ID]],
  ['podman', mount(`/containers/overlay-containers/${ID}/userdata/hosts`, '/etc/hosts'), '', 'bot', [ID]],
  ['cgroup v1', '', `12:cpu:/docker/${ID}\n1:name=systemd:/docker/${ID}`, 'bot', [ID]],
  ['cgroup v2 of the host', '', `0::/system.slice/docker-${ID}.scope`, 'bot', [ID]],
  ['podman’s control group', '', `0::/machine.slice/libpod-${ID}.scope/container`, 'bot', [ID]],
  ['the host name alone', '', '0::/', ID.slice(0, 12), [ID.slice(0, 12)]],
  [
    'a host with containers',
    mount('/', `/var/lib/docker/containers/${OTHER}/mounts/shm`),
    '0::/user.slice',
    'host',
    [],
  ],
  ['a folder of somebody else’s', mount(`/var/lib/docker/containers/${OTHER}/x`, '/data'), '0::/', 'host', []],
])('in %s', (_, mountinfo, cgroup, host, ids) => {
  expect(containerIdsFrom(mountinfo, cgroup, host)).toEqual(ids);
});
