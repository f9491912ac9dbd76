import { commandLine, phrase } from '../../domain/phrase.ts';
import type { Habits } from './habit.ts';

const KEPT =
  'A deploy keeps this setting of the running container, or takes it from `container:` of the service in the config. Only `-m`, `--cpus`, `-e`, `-p` and `-v` can be given here.';
const NO_TERMINAL = phrase`Deployed containers have no terminal: ${commandLine('help logs')} says how to read their logs.`;

/** Options of `docker run` and `docker service update` that take a value and are settled elsewhere. */
const WITH_VALUE = `add-host annotation a attach blkio-weight blkio-weight-device cap-add cap-drop cgroup-parent cgroupns cidfile
 cpu-count cpu-percent cpu-period cpu-quota cpu-rt-period cpu-rt-runtime c cpu-shares cpuset-cpus cpuset-mems detach-keys device
 device-cgroup-rule device-read-bps device-read-iops device-write-bps device-write-iops dns dns-option dns-search domainname
 entrypoint expose gpus group-add health-cmd health-interval health-retries health-start-interval health-start-period
 health-timeout hostname kernel-memory io-maxbandwidth io-maxiops ip ip6 ipc isolation l label label-file link link-local-ip log-driver log-opt
 mac-address memory-reservation memory-swap memory-swappiness mount net network net-alias network-alias oom-score-adj pid
 pids-limit restart runtime security-opt shm-size stop-signal stop-timeout storage-opt sysctl tmpfs ulimit u user userns uts
 volume-driver volumes-from w workdir args config-add config-rm constraint-add constraint-rm container-label-add
 container-label-rm credential-spec dns-add dns-rm dns-option-add dns-option-rm dns-search-add dns-search-rm endpoint-mode env-rm
 generic-resource-add generic-resource-rm group-rm host-add host-rm label-add label-rm limit-pids max-concurrent mount-add
 mount-rm network-add network-rm placement-pref-add placement-pref-rm publish-rm replicas replicas-max-per-node reserve-cpu
 reserve-memory restart-condition restart-delay restart-max-attempts restart-window rollback-delay rollback-failure-action
 rollback-max-failure-ratio rollback-monitor rollback-order rollback-parallelism secret-add secret-rm stop-grace-period
 sysctl-add sysctl-rm ulimit-add ulimit-rm update-delay update-failure-action update-max-failure-ratio update-monitor
 update-order update-parallelism`;
const SWITCHES = `init no-healthcheck oom-kill-disable privileged read-only use-api-socket`;

const names = (text: string) => text.split(/\s+/u).join(' ');
const as = (option: string, say: string) => ({
  as: (value: string) => (value === '' ? undefined : [option, value]),
  say,
});

/** What a deploy makes of the options of `docker run`. */
export const RUN_OPTIONS: Habits = {
  [`${names(WITH_VALUE)}=`]: KEPT,
  [names(SWITCHES)]: KEPT,
  // What is deployed always runs by itself, and its image is always pulled as it is in the registry.
  'd detach q quiet sig-proxy force no-resolve-image with-registry-auth disable-content-trust': 'ignored',
  'pull=': { as: () => [], say: '' },
  'i interactive t tty': NO_TERMINAL,
  rm: phrase`The replaced container is kept for a rollback; ${commandLine('help rollback')} says more.`,
  'name=': phrase`The first argument is the service: ${commandLine('deploy shop 1.4.0')}.`,
  'image tag version=': {
    as: (value, before) => (value === '' || before !== 1 ? undefined : [value]),
    say: phrase`The version is the second argument: ${commandLine('deploy shop 1.4.0')}.`,
  },
  'dry-run': { as: () => ['--plan'], say: '' },
  'platform=': phrase`A deploy takes the platform of the host. ${commandLine('help pull')} says how to pull another.`,
  'env-file=': 'Give variables one by one: `-e NAME=value`.',
  'env-add=': as('-e', 'A variable is `-e NAME=value`.'),
  'publish-add=': as('-p', 'A port is `-p 8080:80`.'),
  'limit-cpu=': as('--cpus', 'A limit is `--cpus 1.5`.'),
  'limit-memory=': as('-m', 'A limit is `-m 512m`.'),
  'P publish-all': 'Ports are named: `-p 8080:80`.',
  rollback: phrase`${commandLine('rollback shop')} lists the versions to roll back to.`,
};
