import type { z } from 'zod';
import { demux, raw } from './demux.ts';
import { type Call, createDial, type Dial, type Target } from './dial.ts';
import { type CallOptions, type Engine, EngineError, type Filters, type LogQuery, type PullResult } from './engine.ts';
import { engineError } from './faults.ts';
import { pathId } from './guard.ts';
import { readProgress } from './progress.ts';
import {
  ContainerSizes,
  Containers,
  Freed,
  Images,
  Info,
  Networks,
  OneContainer,
  OneImage,
  Usage,
  Version,
  Volumes,
} from './shapes.ts';

const OLDEST_API = 41;
/** The newest API whose answers were read for this adapter; a newer engine is spoken to in this one. */
const NEWEST_API = 51;
const QUICK_MS = 5000;
const LIST_MS = 15_000;
const SLOW_MS = 60_000;
const PULL_MS = 10 * 60_000;

/** Opens the way to an engine when it is first needed, and again after it broke. */
export type Connect = () => Promise<{ readonly target: Target; close(): void }>;

/** The real engine, through dockerode's connection and our own reading of every answer. */
export function createEngine(connect: Connect): Engine {
  let link: Promise<{ dial: Dial; close(): void }> | undefined;
  const open = async (signal: AbortSignal | undefined) => {
    const way = await connect();
    const version = Version.parse(
      await createDial(way.target, undefined).json({ method: 'GET', path: '/version', signal, deadlineMs: QUICK_MS }),
    );
    return { dial: createDial(way.target, `v1.${apiFor(version)}`), close: way.close };
  };
  const dialled = async (signal: AbortSignal | undefined): Promise<Dial> => {
    link ??= open(signal);
    const current = link;
    try {
      return (await current).dial;
    } catch (error) {
      if (link === current) link = undefined;
      throw engineError(error);
    }
  };
  // An engine that was upgraded or a tunnel that broke is met anew at the next call.
  const forget = (error: EngineError): EngineError => {
    if (['api_version', 'unreachable', 'ssh'].includes(error.fault)) {
      void link?.then((old) => old.close()).catch(() => {});
      link = undefined;
    }
    return error;
  };
  const json = async <S extends z.ZodType>(schema: S, call: Call): Promise<z.infer<S>> => {
    const dial = await dialled(call.signal);
    const answer = await dial.json(call).catch((error) => Promise.reject(forget(engineError(error))));
    const parsed = schema.safeParse(answer);
    if (parsed.success) return parsed.data;
    throw new EngineError(
      'protocol',
      `Not an engine's answer: ${parsed.error.issues[0]?.path.join('.')} ${parsed.error.issues[0]?.message}`,
    );
  };
  const drop = async (path: string, options: CallOptions | undefined, query?: Call['query']) => {
    const dial = await dialled(options?.signal);
    await dial
      .json({ method: 'DELETE', path, signal: options?.signal, deadlineMs: SLOW_MS, ...(query ? { query } : {}) })
      .catch((error) => Promise.reject(forget(engineError(error))));
  };
  const get = <S extends z.ZodType>(
    schema: S,
    path: string,
    options: CallOptions | undefined,
    deadlineMs: number,
    query?: Call['query'],
  ) => json(schema, { method: 'GET', path, signal: options?.signal, deadlineMs, ...(query ? { query } : {}) });
  const filtered = (filters: Filters | undefined) =>
    filters && Object.keys(filters).length > 0 ? { filters: JSON.stringify(filters) } : {};
  const inspectImage = (name: string, options: CallOptions | undefined) =>
    get(OneImage, `/images/${name}/json`, options, LIST_MS);

  return {
    version: (options) => get(Version, '/version', options, QUICK_MS),
    info: (options) => get(Info, '/info', options, QUICK_MS),
    diskUsage: (options) => get(Usage, '/system/df', options, SLOW_MS),

    listImages: ({ all, filters }, options) =>
      get(Images, '/images/json', options, LIST_MS, { all: all ?? false, ...filtered(filters) }),
    inspectImage: async (id, options) => inspectImage(pathId('image', id), options),
    async pull({ reference, platform, auth }, onProgress, options) {
      const { name, tag } = splitReference(reference);
      const headers = auth && {
        'X-Registry-Auth': Buffer.from(
          JSON.stringify({ username: auth.username, password: auth.password, serveraddress: auth.serverAddress }),
        ).toString('base64url'),
      };
      const signal = AbortSignal.any([...(options?.signal ? [options.signal] : []), AbortSignal.timeout(PULL_MS)]);
      const dial = await dialled(options?.signal);
      try {
        const stream = await dial.stream({
          method: 'POST',
          path: '/images/create',
          query: { fromImage: name, tag, platform },
          signal,
          ...(headers ? { headers } : {}),
        });
        const { downloaded } = await readProgress(stream, onProgress);
        const image = await inspectImage(encodeURI(reference), options);
        return pulledOf(image, name, platform, downloaded);
      } catch (error) {
        if (signal.aborted)
          throw new EngineError(
            options?.signal?.aborted ? 'aborted' : 'timeout',
            'The pull took longer than 10 minutes.',
          );
        const fault = forget(engineError(error));
        // Some engines say "no credentials" of credentials the registry refused.
        throw auth && fault.fault === 'auth_missing'
          ? new EngineError('auth_bad', fault.engineSaid, fault.status)
          : fault;
      }
    },
    removeImage: async (id, options) => drop(`/images/${pathId('image', id)}`, options),

    listContainers: ({ all, filters }, options) =>
      get(Containers, '/containers/json', options, LIST_MS, { all: all ?? false, ...filtered(filters) }),
    async containerSizes(options) {
      const sizes = await get(ContainerSizes, '/containers/json', options, SLOW_MS, { all: true, size: true });
      return new Map(sizes.map(({ id, bytes }) => [id, bytes]));
    },
    inspectContainer: async (id, options) =>
      get(OneContainer, `/containers/${pathId('container', id)}/json`, options, LIST_MS),
    async *logs(id, query, options) {
      const path = `/containers/${pathId('container', id)}/logs`;
      const dial = await dialled(options?.signal);
      const stream = await dial.stream({
        method: 'GET',
        path,
        query: logQuery(query),
        signal: options?.signal ?? new AbortController().signal,
      });
      try {
        yield* query.tty ? raw(stream) : demux(stream);
      } catch (error) {
        throw options?.signal?.aborted ? new EngineError('aborted', 'Stopped.') : engineError(error);
      } finally {
        stream.destroy();
      }
    },
    removeContainer: async (id, options) => drop(`/containers/${pathId('container', id)}`, options, { v: false }),

    listVolumes: async ({ filters }, options) =>
      (await get(Volumes, '/volumes', options, LIST_MS, filtered(filters))).Volumes,
    removeVolume: async (name, options) => drop(`/volumes/${pathId('volume', name)}`, options),
    listNetworks: ({ filters }, options) => get(Networks, '/networks', options, LIST_MS, filtered(filters)),
    removeNetwork: async (id, options) => drop(`/networks/${pathId('network', id)}`, options),
    async removeCache(id, options) {
      const filters = JSON.stringify({ id: [decodeURIComponent(pathId('cache', id))] });
      return (
        await json(Freed, {
          method: 'POST',
          path: '/build/prune',
          query: { all: true, filters },
          signal: options?.signal,
          deadlineMs: SLOW_MS,
        })
      ).SpaceReclaimed;
    },
    async close() {
      (await link?.catch(() => undefined))?.close();
      link = undefined;
    },
  };
}

function apiFor(version: { readonly apiVersion: string; readonly minApi: string }): number {
  const minor = (text: string) => Number(/^1\.(\d+)/u.exec(text)?.[1] ?? 0);
  const api = Math.min(minor(version.apiVersion), NEWEST_API);
  if (api < OLDEST_API || api < minor(version.minApi))
    throw new EngineError(
      'api_version',
      `The engine speaks API ${version.minApi} to ${version.apiVersion}; Fairlead speaks 1.${OLDEST_API} to 1.${NEWEST_API}.`,
    );
  return api;
}

// A pull without a tag would fetch every tag of the repository.
function splitReference(reference: string): { name: string; tag: string } {
  const at = reference.indexOf('@');
  if (at >= 0) return { name: reference.slice(0, at).replace(/:[^:/]+$/u, ''), tag: reference.slice(at + 1) };
  const colon = reference.lastIndexOf(':');
  if (colon <= reference.lastIndexOf('/'))
    throw new EngineError('bad_reference', 'The reference has neither tag nor digest.');
  return { name: reference.slice(0, colon), tag: reference.slice(colon + 1) };
}

// Engines before 23 deliver a single-platform image whatever platform was asked for, without a word.
function pulledOf(
  image: { id: string; digests: readonly string[]; bytes: number; os: string; arch: string },
  name: string,
  platform: string | undefined,
  downloaded: boolean,
): PullResult {
  if (platform !== undefined && !platform.startsWith(`${image.os}/${image.arch}`))
    throw new EngineError('platform', `The image is ${image.os}/${image.arch}, not ${platform}.`);
  const repository = name.replace(/^docker\.io\/(?:library\/)?/u, '');
  const digest = image.digests.find((item) => item.startsWith(`${repository}@`)) ?? image.digests[0];
  return {
    digest: digest?.slice(digest.indexOf('@') + 1),
    imageId: image.id,
    bytes: image.bytes,
    os: image.os,
    arch: image.arch,
    downloaded,
  };
}

function logQuery(query: LogQuery): NonNullable<Call['query']> {
  return {
    stdout: true,
    stderr: true,
    tail: query.tail,
    since: query.since,
    until: query.until,
    timestamps: query.timestamps,
    follow: query.follow,
  };
}
