import { createContainer, Refused, type StandInContainer, startContainer, stopContainer } from './engine-state.ts';
import type { Answered, Asked } from './exchange.ts';
import { findImage } from './image-routes.ts';

const iso = (at: number) => (at === 0 ? '0001-01-01T00:00:00Z' : new Date(at).toISOString());

export function containerList({ state, query }: Asked): Answered {
  const all = ['1', 'true'].includes(query.get('all') ?? '');
  const filters = JSON.parse(query.get('filters') ?? '{}') as Readonly<Record<string, readonly string[]>>;
  for (const name of Object.keys(filters))
    if (name !== 'status' && name !== 'label' && name !== 'name') throw new Refused(400, `invalid filter '${name}'`);
  const found = [...state.containers.values()].filter(
    (container) =>
      (all || filters['status'] !== undefined || container.status === 'running') &&
      (filters['status']?.includes(container.status) ?? true) &&
      (filters['name']?.some((name) => container.name.includes(name)) ?? true) &&
      (filters['label']?.every((label) => hasLabel(container, label)) ?? true),
  );
  return { status: 200, body: found.map(listed) };
}

const labelsOf = ({ config }: StandInContainer) => (config['Labels'] ?? {}) as Readonly<Record<string, string>>;

function hasLabel(container: StandInContainer, label: string): boolean {
  const [key = '', ...value] = label.split('=');
  const own = labelsOf(container)[key];
  return own !== undefined && (value.length === 0 || own === value.join('='));
}

function listed(container: StandInContainer) {
  const { id, name, image, imageId, created, config, status, exitCode, networks } = container;
  const said = { created: 'Created', running: 'Up 2 hours', exited: `Exited (${exitCode}) 2 minutes ago` };
  return {
    Id: id,
    Names: [`/${name}`],
    Image: image,
    ImageID: imageId,
    Command: ((config['Cmd'] ?? []) as readonly string[]).join(' '),
    Created: Math.floor(created / 1000),
    Ports: [],
    Labels: labelsOf(container),
    State: status,
    Status: said[status],
    HostConfig: { NetworkMode: networks[0] },
    NetworkSettings: { Networks: endpointsOf(container) },
    Mounts: [],
  };
}

const endpointsOf = ({ networks }: StandInContainer) =>
  Object.fromEntries(networks.map((name) => [name, { NetworkID: name.padEnd(64, '0'), IPAddress: '', Aliases: null }]));

function must({ state, part }: Asked): StandInContainer {
  const found = state.containers.get(part);
  if (!found) throw new Refused(404, `No such container: ${part}`);
  return found;
}

export function inspected(asked: Asked): Answered {
  const container = must(asked);
  const { id, name, image, imageId, created, config, hostConfig, status, exitCode, startedAt, finishedAt } = container;
  return {
    status: 200,
    body: {
      Id: id,
      Created: iso(created),
      Path: 'sh',
      Args: [],
      State: {
        Status: status,
        Running: status === 'running',
        Paused: false,
        Restarting: false,
        OOMKilled: false,
        Dead: false,
        Pid: status === 'running' ? 4242 : 0,
        ExitCode: exitCode,
        Error: '',
        StartedAt: iso(startedAt),
        FinishedAt: iso(finishedAt),
      },
      Image: imageId,
      Name: `/${name}`,
      RestartCount: 0,
      HostConfig: hostConfig,
      Mounts: [],
      Config: { Hostname: id.slice(0, 12), Env: [], ...config, Image: image },
      NetworkSettings: { Networks: endpointsOf(container) },
    },
  };
}

export function created({ state, query, body }: Asked): Answered {
  const name = query.get('name') ?? '';
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/u.test(name)) throw new Refused(400, `Invalid container name (${name})`);
  const { HostConfig = {}, Image, NetworkingConfig: _, ...config } = body;
  const image = findImage(state, String(Image));
  const hostConfig = HostConfig as Record<string, unknown>;
  const { id } = createContainer(state, { name, image: String(Image), imageId: image.id, config, hostConfig });
  return { status: 201, body: { Id: id, Warnings: [] } };
}

export function started(asked: Asked): Answered {
  const container = must(asked);
  if (container.status === 'running') return { status: 304 };
  startContainer(asked.state, container);
  return { status: 204 };
}

export function stopped(asked: Asked): Answered {
  const container = must(asked);
  if (container.status !== 'running') return { status: 304 };
  stopContainer(container);
  return { status: 204 };
}

export function renamed(asked: Asked): Answered {
  const container = must(asked);
  const name = asked.query.get('name') ?? '';
  if (name === '') throw new Refused(400, 'Neither old nor new names may be empty');
  if (name === container.name) throw new Refused(409, 'Renaming a container with the same name as its current name');
  const taken = [...asked.state.containers.values()].find((other) => other.name === name);
  if (taken)
    throw new Refused(409, `Conflict. The container name "/${name}" is already in use by container "${taken.id}".`);
  container.name = name;
  return { status: 204 };
}

export function updated(asked: Asked): Answered {
  const { hostConfig } = must(asked);
  Object.assign(hostConfig, asked.body);
  return { status: 200, body: { Warnings: [] } };
}

export function deleted(asked: Asked): Answered {
  const { id, status } = must(asked);
  const isForced = ['1', 'true'].includes(asked.query.get('force') ?? '');
  if (status === 'running' && !isForced)
    throw new Refused(
      409,
      `You cannot remove a running container ${id}. Stop the container before attempting removal or force remove`,
    );
  asked.state.containers.delete(id);
  return { status: 204 };
}
