import { callEngine, mustCall, mustSend } from '../../../playground/engine/api.ts';
import type { RegistryAuth } from '../../../src/docker/client/call-options.ts';
import { connectEngine } from '../../../src/docker/client/connect.ts';
import type { Engine } from '../../../src/docker/client/engine.ts';
import { authHeaders } from '../../../src/docker/client/registry-auth.ts';
import { planHost } from '../../../src/docker/rollout/plan.ts';
import type { HostPlan, HostProgress, HostRun, JsonObject, Phase } from '../../../src/docker/rollout/types.ts';
import type { RolloutConfig, Wanted } from '../../../src/docker/rollout/wanted.ts';
import { ulid } from '../../../src/domain/ulid.ts';
import { bed, uniqueName } from '../../bed/bed.ts';
import { PASSES } from '../../bed/health.ts';

export interface Raw {
  readonly Id: string;
  readonly Name: string;
  readonly Image: string;
  readonly Created: string;
  readonly Config: Readonly<Record<string, unknown>>;
  readonly HostConfig: Readonly<Record<string, unknown>>;
  readonly State: {
    readonly Status: string;
    readonly Running: boolean;
    readonly StartedAt: string;
    /** On the host; 0 while it does not run. */
    readonly Pid: number;
  };
  readonly Mounts: readonly { readonly Name?: string; readonly Destination: string }[];
  readonly NetworkSettings: {
    readonly Networks: Readonly<Record<string, { readonly Aliases: string[] | null; readonly IPAddress: string }>>;
  };
}

/** An engine, a registry with versions of one application, and words for what is done with them. */
export interface Scene {
  readonly socket: string;
  readonly engine: Engine;
  readonly repository: string;
  readonly auth: RegistryAuth;
  /** Publishes a version made of Dockerfile lines, and of what no commit takes as such; resolves to its digest. */
  publish(tag: string, changes: readonly string[], config?: object): Promise<string>;
  /** Removes it from the engine, so that it must be pulled. */
  forget(tag: string): Promise<void>;
  /** Runs a container of a published version, as somebody would by hand. */
  run(name: string, tag: string, body?: Readonly<Record<string, unknown>>): Promise<string>;
  wanted(name: string, tag: string, more?: Partial<Wanted>): Promise<Wanted>;
  inspect(name: string): Promise<Raw>;
  /** Names and states of the containers whose name begins so. */
  containers(name: string): Promise<Record<string, string>>;
  close(): Promise<void>;
}

export const QUICK: RolloutConfig = { strategy: 'auto', healthyWithin: 10_000, stableFor: 100, drain: 100, keep: 2 };
/** Ends at once when it is told to. */
export const SERVE = 'CMD ["sh","-c","trap \'exit 0\' TERM; echo serving; sleep 600 & wait"]';
export const WELL = `HEALTHCHECK --interval=400ms CMD ${PASSES}`;

export async function openScene(socket = bed().sockets[0] as string, registry = bed().registry): Promise<Scene> {
  const { host, username, password } = registry;
  const repository = `${host}/rollout/${uniqueName('app')}`;
  const auth: RegistryAuth = { username, password, serverAddress: host };
  const header = authHeaders(auth);
  const base = uniqueName('base');
  await mustCall(socket, 'POST', `/containers/create?name=${base}`, { Image: 'busybox:1.0', Cmd: ['true'] });
  const digests = new Map<string, string>();
  const engine = connectEngine({ kind: 'unix', socketPath: socket });

  const inspect = async (name: string) => JSON.parse(await mustCall(socket, 'GET', `/containers/${name}/json`)) as Raw;
  const scene: Omit<Scene, 'close'> = {
    socket,
    engine,
    repository,
    auth,
    async publish(tag, changes, config = {}) {
      const query = new URLSearchParams({ container: base, repo: repository, tag });
      for (const change of [...changes, `LABEL salt=${tag}`]) query.append('changes', change);
      await mustCall(socket, 'POST', `/commit?${query}`, config);
      await mustSend(socket, { method: 'POST', path: `/images/${repository}/push?tag=${tag}`, headers: header });
      const { RepoDigests } = JSON.parse(await mustCall(socket, 'GET', `/images/${repository}:${tag}/json`)) as {
        RepoDigests: string[];
      };
      const digest = RepoDigests.find((item) => item.startsWith(`${repository}@`))?.split('@')[1] as string;
      digests.set(tag, digest);
      return digest;
    },
    async forget(tag) {
      await mustCall(socket, 'DELETE', `/images/${repository}:${tag}`);
    },
    async run(name, tag, body = {}) {
      const from = `${repository}@${digests.get(tag)}`;
      const { HostConfig = { NetworkMode: 'none' }, ...rest } = body;
      const made = await mustCall(socket, 'POST', `/containers/create?name=${name}`, {
        Image: from,
        HostConfig,
        ...rest,
      });
      await mustCall(socket, 'POST', `/containers/${name}/start`);
      return (JSON.parse(made) as { Id: string }).Id;
    },
    async wanted(name, tag, more = {}) {
      const digest = digests.get(tag) ?? (await scene.publish(tag, [SERVE]));
      return {
        from: { kind: 'adopt', container: name },
        name,
        image: { repository, tag, digest },
        overrides: {},
        rollout: QUICK,
        ...more,
      };
    },
    inspect,
    async containers(name) {
      const all = JSON.parse(await mustCall(socket, 'GET', '/containers/json?all=true')) as {
        Names: string[];
        State: string;
      }[];
      const own = all.map(
        (item) => [item.Names.find((at) => at.lastIndexOf('/') === 0)?.slice(1) ?? '', item.State] as const,
      );
      return Object.fromEntries(
        own.filter(([at]) => at === name || at.startsWith(`${name}.`) || at.startsWith(`${name}-`)),
      );
    },
  };
  const close = async () => {
    const all = JSON.parse(await mustCall(socket, 'GET', '/containers/json?all=true')) as {
      Id: string;
      Image: string;
      Names: string[];
    }[];
    const own = all.filter((item) => item.Image.startsWith(repository) || item.Names.includes(`/${base}`));
    await Promise.all(own.map(({ Id }) => callEngine(socket, 'DELETE', `/containers/${Id}?force=true&v=true`)));
    await engine.close();
  };
  return { ...scene, close };
}

export interface Told {
  readonly run: HostRun;
  readonly plan: HostPlan;
  readonly phases: Phase[];
  readonly notes: (JsonObject | undefined)[];
  readonly said: HostProgress[];
  readonly abort: AbortController;
}

/** A plan made now, and a run of it that remembers what it was told. */
export async function prepare(scene: Scene, wanted: Wanted, more: Partial<HostRun> = {}): Promise<Told> {
  const plan = await planHost(scene.engine, 'web-1', wanted);
  const abort = new AbortController();
  const phases: Phase[] = [];
  const notes: (JsonObject | undefined)[] = [];
  const said: HostProgress[] = [];
  const run: HostRun = {
    deployId: ulid(Date.now()),
    by: 'U0DEV1',
    plan,
    wanted,
    auth: scene.auth,
    async journal(phase, note) {
      phases.push(phase);
      notes.push(note);
    },
    report: (progress) => said.push(progress),
    assertAllowed() {},
    signal: abort.signal,
    redact: (text) => text.replaceAll('hunter2', '***'),
    patienceMs: 20_000,
    ...more,
  };
  return { run, plan, phases, notes, said, abort };
}
