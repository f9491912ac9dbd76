import { createHash } from 'node:crypto';

/** A failure as an engine answers it. */
export class Refused extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface StandInContainer {
  readonly id: string;
  name: string;
  /** As it was named when the container was created. */
  readonly image: string;
  readonly imageId: string;
  readonly created: number;
  readonly config: Readonly<Record<string, unknown>>;
  readonly hostConfig: Record<string, unknown>;
  readonly networks: readonly string[];
  status: 'created' | 'running' | 'exited';
  exitCode: number;
  startedAt: number;
  finishedAt: number;
}

export interface StandInImage {
  readonly id: string;
  readonly tags: string[];
  readonly digests: string[];
}

/** What one engine has. */
export interface EngineState {
  readonly name: string;
  readonly containers: Map<string, StandInContainer>;
  readonly images: Map<string, StandInImage>;
  /** Digests of images whose containers end at once with code 1. */
  readonly crashing: Set<string>;
}

const HEX = 64;
export const hashOf = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, HEX);

/** An engine with so many running containers, as Compose would have made them. */
export function createEngine(name: string, containers: number): EngineState {
  const state: EngineState = { name, containers: new Map(), images: new Map(), crashing: new Set() };
  const image = addImage(state, 'docker.io/library/busybox', { tag: '1.36' });
  for (let index = 0; index < containers; index += 1) {
    const project = `project-${index % 5}`;
    const created = createContainer(state, {
      name: `${project}-worker-${index}`,
      image: 'busybox:1.36',
      imageId: image.id,
      config: {
        Cmd: ['sh', '-c', `while true; do work --queue ${index}; sleep 1; done`],
        Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', `QUEUE=${index}`],
        Labels: {
          'com.docker.compose.project': project,
          'com.docker.compose.service': 'worker',
          'com.docker.compose.container-number': String(index),
          'com.docker.compose.config-hash': hashOf(`${name}-${index}-config`),
          'com.docker.compose.project.working_dir': `/srv/${project}`,
          'com.docker.compose.project.config_files': `/srv/${project}/compose.yml`,
        },
      },
      hostConfig: { NetworkMode: 'none', RestartPolicy: { Name: 'always', MaximumRetryCount: 0 } },
    });
    startContainer(state, created);
  }
  return state;
}

/** Adds an image, or a name to it. */
export function addImage(
  state: EngineState,
  repository: string,
  { tag, digest = `sha256:${hashOf(`${repository}:${tag}`)}` }: { readonly tag?: string; readonly digest?: string },
): StandInImage {
  const id = `sha256:${hashOf(`config of ${digest}`)}`;
  const image = state.images.get(id) ?? { id, tags: [], digests: [] };
  state.images.set(id, image);
  const short = repository.replace(/^docker\.io\/(?:library\/)?/u, '');
  if (tag !== undefined && !image.tags.includes(`${short}:${tag}`)) {
    for (const other of state.images.values()) {
      const at = other.tags.indexOf(`${short}:${tag}`);
      if (at >= 0) other.tags.splice(at, 1);
    }
    image.tags.push(`${short}:${tag}`);
  }
  if (!image.digests.includes(`${short}@${digest}`)) image.digests.push(`${short}@${digest}`);
  return image;
}

export interface NewContainer extends Pick<StandInContainer, 'name' | 'image' | 'imageId' | 'config' | 'hostConfig'> {}

let made = 0;

/** Creates a container; 409 when the name is taken. */
export function createContainer(state: EngineState, wanted: NewContainer): StandInContainer {
  const taken = [...state.containers.values()].find(({ name }) => name === wanted.name);
  if (taken)
    throw new Refused(
      409,
      `Conflict. The container name "/${wanted.name}" is already in use by container "${taken.id}". You have to remove (or rename) that container to be able to reuse that name.`,
    );
  made += 1;
  const container: StandInContainer = {
    ...wanted,
    id: hashOf(`${state.name} ${made}`),
    created: Date.now(),
    networks: [String(wanted.hostConfig['NetworkMode'] ?? 'default').replace(/^default$/u, 'bridge')],
    status: 'created',
    exitCode: 0,
    startedAt: 0,
    finishedAt: 0,
  };
  state.containers.set(container.id, container);
  return container;
}

/** Starts a container; one of a crashing image ends at once. */
export function startContainer(state: EngineState, container: StandInContainer): void {
  container.startedAt = Date.now();
  container.status = 'running';
  const digests = state.images.get(container.imageId)?.digests ?? [];
  if (!digests.some((name) => state.crashing.has(name.split('@')[1] ?? ''))) return;
  container.status = 'exited';
  container.exitCode = 1;
  container.finishedAt = container.startedAt + 1;
}

export function stopContainer(container: StandInContainer): void {
  container.status = 'exited';
  container.exitCode = 0;
  container.finishedAt = Date.now();
}
