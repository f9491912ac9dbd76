/**
 * Every option of docker's commands that somebody may try here: those of the reference of the docker CLI 28.5.2. `=` takes a
 * value. `line` is where it is tried.
 */
export const DOCKER: readonly { readonly as: string; readonly line: string; readonly options: string }[] = [
  {
    as: 'ps',
    line: 'docker ps OPTION',
    options: `-a/--all -f/--filter= --format= -n/--last= -l/--latest --no-trunc -q/--quiet -s/--size`,
  },
  {
    as: 'images',
    line: 'docker images OPTION',
    options: `-a/--all --digests -f/--filter= --format= --no-trunc -q/--quiet --tree`,
  },
  {
    as: 'image ls',
    line: 'docker image ls OPTION',
    options: `-a/--all --digests -f/--filter= --format= --no-trunc -q/--quiet --tree`,
  },
  {
    as: 'pull',
    line: 'docker pull OPTION nginx:1.27',
    options: `-a/--all-tags --disable-content-trust --platform= -q/--quiet`,
  },
  {
    as: 'search',
    line: 'docker search OPTION nginx',
    options: `-f/--filter= --format= --limit= --no-trunc`,
  },
  {
    as: 'logs',
    line: 'docker logs OPTION shop',
    options: `--details -f/--follow --since= -n/--tail= -t/--timestamps --until=`,
  },
  {
    as: 'container prune',
    line: 'docker container prune OPTION',
    options: `--filter= -f/--force`,
  },
  {
    as: 'image prune',
    line: 'docker image prune OPTION',
    options: `-a/--all --filter= -f/--force`,
  },
  {
    as: 'volume prune',
    line: 'docker volume prune OPTION',
    options: `-a/--all --filter= -f/--force`,
  },
  {
    as: 'network prune',
    line: 'docker network prune OPTION',
    options: `--filter= -f/--force`,
  },
  {
    as: 'builder prune',
    line: 'docker builder prune OPTION',
    options: `-a/--all --filter= -f/--force --keep-storage=`,
  },
  {
    as: 'volume rm',
    line: 'docker volume rm OPTION data',
    options: `-f/--force`,
  },
  {
    as: 'run',
    line: 'deploy shop 1.4.0 OPTION',
    options: `--add-host= --annotation= -a/--attach= --blkio-weight= --blkio-weight-device= --cap-add= --cap-drop=
      --cgroup-parent= --cgroupns= --cidfile= --cpu-count= --cpu-percent= --cpu-period= --cpu-quota=
      --cpu-rt-period= --cpu-rt-runtime= -c/--cpu-shares= --cpus= --cpuset-cpus= --cpuset-mems= -d/--detach
      --detach-keys= --device= --device-cgroup-rule= --device-read-bps= --device-read-iops= --device-write-bps=
      --device-write-iops= --disable-content-trust --dns= --dns-option= --dns-search= --domainname=
      --entrypoint= -e/--env= --env-file= --expose= --gpus= --group-add= --health-cmd= --health-interval=
      --health-retries= --health-start-interval= --health-start-period= --health-timeout= --help -h/--hostname=
      --init -i/--interactive --io-maxbandwidth= --io-maxiops= --ip= --ip6= --ipc= --isolation= --kernel-memory=
      -l/--label= --label-file= --link= --link-local-ip= --log-driver= --log-opt= --mac-address= -m/--memory=
      --memory-reservation= --memory-swap= --memory-swappiness= --mount= --name= --network= --network-alias=
      --no-healthcheck --oom-kill-disable --oom-score-adj= --pid= --pids-limit= --platform= --privileged
      -p/--publish= -P/--publish-all --pull= -q/--quiet --read-only --restart= --rm --runtime= --security-opt=
      --shm-size= --sig-proxy --stop-signal= --stop-timeout= --storage-opt= --sysctl= --tmpfs= -t/--tty
      --ulimit= --use-api-socket -u/--user= --userns= --uts= -v/--volume= --volume-driver= --volumes-from=
      -w/--workdir=`,
  },
  {
    as: 'service update',
    line: 'deploy shop 1.4.0 OPTION',
    options: `--args= --cap-add= --cap-drop= --config-add= --config-rm= --constraint-add= --constraint-rm=
      --container-label-add= --container-label-rm= --credential-spec= -d/--detach --dns-add= --dns-option-add=
      --dns-option-rm= --dns-rm= --dns-search-add= --dns-search-rm= --endpoint-mode= --entrypoint= --env-add=
      --env-rm= --force --generic-resource-add= --generic-resource-rm= --group-add= --group-rm= --health-cmd=
      --health-interval= --health-retries= --health-start-interval= --health-start-period= --health-timeout=
      --host-add= --host-rm= --hostname= --image= --init --isolation= --label-add= --label-rm= --limit-cpu=
      --limit-memory= --limit-pids= --log-driver= --log-opt= --max-concurrent= --mount-add= --mount-rm=
      --network-add= --network-rm= --no-healthcheck --no-resolve-image --oom-score-adj= --placement-pref-add=
      --placement-pref-rm= --publish-add= --publish-rm= -q/--quiet --read-only --replicas=
      --replicas-max-per-node= --reserve-cpu= --reserve-memory= --restart-condition= --restart-delay=
      --restart-max-attempts= --restart-window= --rollback --rollback-delay= --rollback-failure-action=
      --rollback-max-failure-ratio= --rollback-monitor= --rollback-order= --rollback-parallelism= --secret-add=
      --secret-rm= --stop-grace-period= --stop-signal= --sysctl-add= --sysctl-rm= -t/--tty --ulimit-add=
      --ulimit-rm= --update-delay= --update-failure-action= --update-max-failure-ratio= --update-monitor=
      --update-order= --update-parallelism= -u/--user= --with-registry-auth -w/--workdir=`,
  },
  {
    as: 'service rollback',
    line: 'docker service rollback OPTION shop',
    options: `-d/--detach -q/--quiet`,
  },
  {
    as: 'history',
    line: 'dock history shop OPTION',
    options: `--format= -H/--human --no-trunc --platform= -q/--quiet`,
  },
  {
    as: 'stop',
    line: 'docker stop OPTION shop',
    options: `-s/--signal= -t/--timeout= --time=`,
  },
  {
    as: 'restart',
    line: 'docker restart OPTION shop',
    options: `-s/--signal= -t/--timeout= --time=`,
  },
  {
    as: 'update',
    line: 'docker update OPTION shop',
    options: `--blkio-weight= --cpu-period= --cpu-quota= --cpu-rt-period= --cpu-rt-runtime= -c/--cpu-shares= --cpuset-cpus= --cpuset-mems= --cpus= -m/--memory= --memory-reservation= --memory-swap= --pids-limit= --restart=`,
  },
  {
    as: 'cp',
    line: 'docker cp OPTION shop:/etc/hosts .',
    options: `-a/--archive -L/--follow-link -q/--quiet`,
  },
  {
    as: 'kill',
    line: 'docker kill OPTION shop',
    options: `-s/--signal=`,
  },
  {
    as: 'rm',
    line: 'docker container rm OPTION shop',
    options: `-f/--force -l/--link -v/--volumes`,
  },
  {
    as: 'start',
    line: 'docker start OPTION shop',
    options: `-a/--attach --checkpoint= --checkpoint-dir= --detach-keys= -i/--interactive`,
  },
  {
    as: 'info',
    line: 'docker info OPTION',
    options: `-f/--format=`,
  },
  {
    as: 'version',
    line: 'docker version OPTION',
    options: `-f/--format=`,
  },
  {
    as: 'system df',
    line: 'docker system df OPTION',
    options: `--format= -v/--verbose`,
  },
  {
    as: 'node ls',
    line: 'docker node ls OPTION',
    options: `-f/--filter= --format= -q/--quiet`,
  },
  {
    as: 'system prune',
    line: 'docker system prune OPTION',
    options: `-a/--all --filter= -f/--force --volumes`,
  },
  {
    as: 'rmi',
    line: 'docker rmi OPTION nginx:1',
    options: `-f/--force --no-prune --platform=`,
  },
  {
    as: 'rm',
    line: 'docker rm OPTION shop',
    options: `-f/--force -l/--link -v/--volumes`,
  },
  {
    as: 'container ls',
    line: 'docker container ls OPTION',
    options: `-a/--all -f/--filter= --format= -n/--last= -l/--latest --no-trunc -q/--quiet -s/--size`,
  },
  {
    as: 'container logs',
    line: 'docker container logs OPTION shop',
    options: `--details -f/--follow --since= -n/--tail= -t/--timestamps --until=`,
  },
  {
    as: 'image pull',
    line: 'docker image pull OPTION nginx:1.27',
    options: `-a/--all-tags --disable-content-trust --platform= -q/--quiet`,
  },
];
