import { anySignal, rejectOnAbort } from '../client/abort.ts';
import type { CallOptions } from '../client/call-options.ts';
import type { Engine } from '../client/engine.ts';
import type { Container } from '../client/types.ts';
import { time } from '../shapes/fields.ts';
import type { RawContainer } from '../shapes/raw.ts';
import type { ContainerFacts } from './facts.ts';
import { listeningPorts } from './listening.ts';
import { hasPublishedPorts } from './published.ts';
import { neighboursOf, settingsOf } from './settings.ts';
import { lastLines } from './shown.ts';

/** Whose failure is diagnosed. */
export interface Look {
  readonly engine: Engine;
  readonly host: string;
  /** Full id of the container. */
  readonly id: string;
  /** Masks secrets; `environment` are the container's `KEY=value` pairs. */
  redact(text: string, environment: readonly string[]): string;
  readonly signal?: AbortSignal | undefined;
  /** Its inspection, of a caller that has it. */
  readonly raw?: RawContainer | undefined;
  /** Milliseconds after which what is not there yet is left out; 2500 by default. */
  readonly withinMs?: number | undefined;
  /** Log lines are not read for a person who may not see them. */
  readonly mayReadLog?: boolean | undefined;
  /** Whether to ask within the container what listens on its published ports: `cat` of the kernel's tables. */
  readonly asksWhatListens?: boolean | undefined;
}

const WITHIN_MS = 2500;
const LINES = 40;

/**
 * Reads everything that helps to diagnose a container, in parallel. What cannot be read in time is named in `unread`.
 * Rejects with an `EngineError` only when the container itself cannot be inspected.
 */
export async function collectFacts(look: Look): Promise<ContainerFacts> {
  const { engine, host, id, withinMs = WITHIN_MS, mayReadLog = true, asksWhatListens = false } = look;
  const signal = anySignal(look.signal, AbortSignal.timeout(withinMs));
  const unread: string[] = [];
  const read = async <T>(what: string, work: (options: CallOptions) => Promise<T>): Promise<T | undefined> => {
    try {
      return await rejectOnAbort(work({ signal }), signal);
    } catch {
      unread.push(what);
      return undefined;
    }
  };
  const info = read('host', (options) => engine.info(options));
  const containers = read('other containers', (options) => engine.listContainers({ all: true }, options));
  const raw = look.raw ?? (await rejectOnAbort(engine.inspectRaw(id, { signal }), signal));
  const redact = (text: string) => look.redact(text, raw.Config.Env);
  const tty = raw.Config.Tty === true;
  const settings = settingsOf(raw, redact);
  const isAsked = asksWhatListens && hasPublishedPorts(settings);
  const [engineInfo, others, lines, events, image, listening] = await Promise.all([
    info,
    containers,
    mayReadLog ? read('log', () => lastLines(engine, { id, tty, lines: LINES }, redact, signal)) : undefined,
    read('events', async (options) => engine.containerEvents(id, await sinceCreation(raw, info), options)),
    read('image', (options) => engine.inspectImage(raw.Image, options)),
    isAsked ? read('what listens in it', () => listeningPorts(engine, raw.Id, signal)) : undefined,
  ]);
  if (!mayReadLog) unread.push('log (needs permission for logs)');
  return {
    host,
    ...settings,
    lines,
    events,
    listening,
    platform: image && { os: image.os, arch: image.arch },
    engine: engineInfo && { arch: engineInfo.arch, memoryBytes: engineInfo.memoryBytes, time: engineInfo.time },
    neighbours: others && neighboursOf(others.filter((other: Container) => other.id !== raw.Id)),
    unread,
  };
}

/** Until now by the engine's own clock: an engine waits for events until a time that has not come yet there. */
async function sinceCreation(
  { Created }: RawContainer,
  info: Promise<{ readonly time: string } | undefined>,
): Promise<{ readonly since: string; readonly until: string }> {
  const until = (await info)?.time ?? '';
  if (time(until) === undefined) throw new Error('The engine does not say what time it has.');
  return { since: Created, until };
}
