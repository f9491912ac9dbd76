import type { RunArgs } from '../../../commands/containers/run.ts';
import type { Config } from '../../../config.ts';
import type { ContainerConfig } from '../../../docker/rollout/wanted.ts';
import { code, UserError } from '../../../domain/errors.ts';
import { nearest } from '../../../domain/nearest.ts';
import type { ImageReference } from '../../../domain/reference.ts';
import { saySize } from '../../../domain/size.ts';
import { servicesSeen } from '../../../policy/authorize.ts';
import { liveName } from '../../deploy/planning/target.ts';
import type { Request } from '../../request.ts';

/** What a person asks to run, as a container of the config would be written. Throws a `UserError` for what `/run` never does. */
export function settingsOf(
  args: RunArgs,
  image: ImageReference,
  request: Pick<Request, 'id' | 'channel' | 'membership'>,
  config: Config,
): ContainerConfig {
  refuseOverMost(args, config);
  if (args.rm && args.restart !== undefined && args.restart !== 'no')
    throw new UserError('bad_input', '`--rm` and `--restart` contradict each other.', 'Leave one of them out.');
  if (args.for !== undefined && !args.rm) throw new UserError('bad_input', '`--for` needs `--rm`.');
  return {
    name: nameOf(args, image, request, config),
    ports: args.publish,
    environment: { ...filesOf(args, config), ...pairsOf(args.env) },
    volumes: [...args.volume, ...args.mount],
    memory: args.memory,
    cpus: args.cpus,
    pids: args.pidsLimit,
    restart: args.restart ?? 'no',
    networks: args.network === undefined ? [] : [{ name: args.network }],
    healthcheck: args.healthCmd === undefined ? undefined : healthcheckOf(args, args.healthCmd),
    command: args.command.length > 0 ? args.command : undefined,
    entrypoint: args.entrypoint === undefined ? undefined : [args.entrypoint],
    labels: pairsOf(args.label),
    user: args.user,
    workdir: args.workdir,
    readOnly: args.readOnly,
    capAdd: args.capAdd,
    capDrop: args.capDrop,
    privileged: args.privileged,
  };
}

/** A service's name is what deploys and their approvals are about: nothing else is started under it. */
function nameOf(
  args: RunArgs,
  image: ImageReference,
  request: Pick<Request, 'id' | 'channel' | 'membership'>,
  config: Config,
): string {
  const last = (image.path.split('/').at(-1) ?? 'run').replace(/[^a-z0-9]+/gu, '-');
  const name = args.name ?? `${last.slice(0, 40)}-${request.id.slice(-6).toLowerCase()}`;
  const service = [...config.services.values()].find((one) => one.name === name || liveName(one) === name);
  if (!service) return name;
  const isSeen = servicesSeen(request, config).includes(service.name);
  throw new UserError(
    'conflict',
    isSeen
      ? `${code(name)} is the service \`${service.name}\` of the config, which is deployed.`
      : `A container cannot be called ${code(name)} here.`,
    isSeen ? 'Take another name, or deploy it.' : 'Take another name.',
    { field: 'name' },
  );
}

function refuseOverMost(args: RunArgs, { run }: Pick<Config, 'run'>): void {
  const over: (string | false | undefined)[] = [
    run.memory !== undefined && args.memory !== undefined && args.memory > run.memory && `-m ${saySize(run.memory)}`,
    run.cpus !== undefined && args.cpus !== undefined && args.cpus > run.cpus && `--cpus ${run.cpus}`,
    run.pids !== undefined && args.pidsLimit !== undefined && args.pidsLimit > run.pids && `--pids-limit ${run.pids}`,
    args.for !== undefined && args.for > run.longest && `--for ${Math.floor(run.longest / 60_000)}m`,
  ];
  const said = over.filter((one) => typeof one === 'string');
  if (said.length > 0)
    throw new UserError(
      'guardrail',
      `At most ${said.map((one) => `\`${one}\``).join(', ')} here.`,
      'The limits are `run` in the config.',
    );
}

function filesOf({ envFile }: RunArgs, { run }: Pick<Config, 'run'>): Record<string, string> {
  const sets = envFile.map((name) => {
    if (Object.hasOwn(run.envFiles, name)) return run.envFiles[name] ?? {};
    const names = Object.keys(run.envFiles);
    const near = nearest(name, names);
    throw new UserError(
      'not_found',
      `There is no set of variables ${code(name)} in the config.`,
      near === undefined
        ? 'Files are not read here: sets are `run.envFiles` in the config.'
        : `Did you mean \`${near}\`?`,
      { field: 'envFile' },
    );
  });
  return Object.assign({}, ...sets) as Record<string, string>;
}

/** `NAME=value` pairs; a label may have no value. */
function pairsOf(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

function healthcheckOf(args: RunArgs, command: string): NonNullable<ContainerConfig['healthcheck']> {
  return {
    test: ['CMD-SHELL', command],
    interval: args.healthInterval,
    timeout: args.healthTimeout,
    retries: args.healthRetries,
    startPeriod: args.healthStartPeriod,
  };
}
