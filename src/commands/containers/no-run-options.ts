import type { Habits } from '../language/habit.ts';

const NOT_HERE = `add-host annotation attach a blkio-weight blkio-weight-device cgroup-parent cgroupns cidfile cpu-count cpu-percent
 cpu-period cpu-quota cpu-rt-period cpu-rt-runtime c cpu-shares cpuset-cpus cpuset-mems device device-cgroup-rule device-read-bps
 device-read-iops device-write-bps device-write-iops dns dns-option dns-search domainname expose gpus group-add
 health-start-interval hostname io-maxbandwidth io-maxiops ip ip6 ipc isolation kernel-memory label-file link link-local-ip
 log-driver log-opt mac-address memory-reservation memory-swap memory-swappiness net-alias network-alias oom-score-adj pid runtime
 security-opt shm-size stop-signal stop-timeout storage-opt sysctl tmpfs ulimit userns uts volume-driver volumes-from`;

/** Options of `docker run` that `/run` does not have. */
export const NO_RUN_OPTIONS: Habits = {
  [`${NOT_HERE.split(/\s+/u).join(' ')}=`]: 'What needs it is better a service of the config, which is deployed.',
  'init no-healthcheck oom-kill-disable use-api-socket':
    'What needs it is better a service of the config, which is deployed.',
  'P publish-all': 'Ports are named: `-p 8080:80`.',
  'platform=': 'An image runs on the platform of its host.',
  'q quiet sig-proxy disable-content-trust': 'ignored',
  'pull=': { as: () => [], say: '' },
  'detach-keys=': 'ignored',
};
