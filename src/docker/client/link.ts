import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import { Version } from '../shapes/engine.ts';
import { readShape, type Shape, type Shaped } from '../shapes/read.ts';
import { rejectOnAbort } from './abort.ts';
import { type Call, createDial, type Dial, type Target } from './dial.ts';
import { EngineError } from './engine-error.ts';
import { toEngineError } from './faults.ts';

/** Opens connections to an engine: on first use, and again after a connection broke. */
export interface Transport {
  target(): Promise<Target>;
  /** The failure of a connection that broke after `since`, a time of `performance.now()`. */
  lastFailure?(since: number): EngineError | undefined;
  /** Gives later calls a connection of their own, after one that began at `since` had no answer. */
  doubt?(since: number): void;
  close(): void;
}

export interface Link {
  json<S extends Shape>(shape: S, call: Call): Promise<Shaped<S>>;
  send(call: Call): Promise<void>;
  stream(call: Call): Promise<IncomingMessage>;
  /** Minor number of the API version in use; known after the first answer. */
  minor(): number;
  /** Whether the engine is Podman; known after the first answer. */
  isPodman(): boolean;
  close(): void;
}

const OLDEST_API = 41;
/** Newest API version this adapter was checked against; newer engines are used with this one. */
const NEWEST_API = 51;

export function openLink(transport: Transport, versionMs: number): Link {
  let negotiated: Promise<Dial> | undefined;
  let latest: Dial | undefined;
  let minor = OLDEST_API;
  let podman = false;

  // Shared by concurrent callers, so no caller's signal may abort it.
  const negotiate = async (): Promise<Dial> => {
    const target = await transport.target();
    const call: Call = { method: 'GET', path: '/version', deadlineMs: versionMs };
    let firstVersion: string | undefined;
    const first = createDial(target, undefined, (newest) => {
      firstVersion = newest;
    });
    const version = await readShape(Version, await first.json(call));
    minor = apiFor(version);
    podman = version.podman;
    // An engine that was upgraded behind its socket still accepts the old version but does less in it, so the version
    // is negotiated again.
    const dial = createDial(target, `v1.${minor}`, (newest) => {
      if (newest !== undefined && firstVersion !== undefined && newest !== firstVersion && latest === dial)
        negotiated = undefined;
    });
    latest = dial;
    return dial;
  };

  const negotiateOnce = (): Promise<Dial> => {
    if (negotiated) return negotiated;
    const negotiating = negotiate();
    negotiated = negotiating;
    negotiating.catch(() => {
      if (negotiated === negotiating) negotiated = undefined;
    });
    return negotiating;
  };

  const use = async <T>(call: Call, work: (dial: Dial) => Promise<T>, isRetry = false): Promise<T> => {
    const since = performance.now();
    const current = negotiateOnce();
    try {
      // Opens a lost tunnel again; does nothing for other transports.
      const [, dial] = await rejectOnAbort(Promise.all([transport.target(), current]), call.signal);
      return await work(dial);
    } catch (error) {
      const fault = toEngineError(error);
      const isStale = fault.fault === 'api_version' && fault.status === 400;
      const isBroken = fault.status === undefined && fault.fault !== 'aborted';
      // The next call negotiates again with an engine that was upgraded, moved or restarted.
      if ((isStale || isBroken) && negotiated === current) negotiated = undefined;
      if (isStale && !isRetry) return use(call, work, true);
      if (isBroken && fault.fault === 'timeout') transport.doubt?.(since);
      throw (isBroken && transport.lastFailure?.(since)) || fault;
    }
  };

  return {
    json: async (shape, call) => readShape(shape, await use(call, (dial) => dial.json(call))),
    send: async (call) => void (await use(call, (dial) => dial.json(call))),
    stream: (call) => use(call, (dial) => dial.stream(call)),
    minor: () => minor,
    isPodman: () => podman,
    close() {
      negotiated = undefined;
      transport.close();
    },
  };
}

function apiFor({ apiVersion, minApi }: z.infer<typeof Version>): number {
  const newest = minorOf(apiVersion);
  const oldest = minorOf(minApi || '1.0');
  const api = Math.min(newest, NEWEST_API);
  if (api >= OLDEST_API && api >= oldest) return api;
  throw new EngineError(
    'api_version',
    `The engine speaks API 1.${oldest} to 1.${newest}; Fairlead speaks 1.${OLDEST_API} to 1.${NEWEST_API}.`,
  );
}

function minorOf(version: string): number {
  const minor = /^1\.(\d{1,3})$/u.exec(version)?.[1];
  if (minor === undefined) throw new EngineError('protocol', 'The engine names no API version that can be read.');
  return Number(minor);
}
