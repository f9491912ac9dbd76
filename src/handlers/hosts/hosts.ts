import type { HostState, HostsArgs } from '../../commands/hosts/hosts.ts';
import type { DiskUsage, EngineInfo, EngineVersion } from '../../docker/client/types.ts';
import { UserError } from '../../domain/errors.ts';
import { commandLine, phrase } from '../../domain/phrase.ts';
import { permitted } from '../access/permitted.ts';
import { handler } from '../handler.ts';
import { settle, timed } from '../over-hosts.ts';
import { type Page, paged } from '../paged.ts';
import type { Timed } from '../request.ts';

export interface HostFacts {
  readonly host: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly version: EngineVersion;
  readonly info: EngineInfo;
  readonly disk: Pick<DiskUsage, 'imagesBytes' | 'containersBytes' | 'volumesBytes' | 'cacheBytes'> | undefined;
  readonly ms: number;
}

/** The hosts of one page, slow ones first, and those that are down, where they were asked for. */
export interface HostsResult extends Timed, Omit<Page<HostFacts>, 'rows'> {
  readonly hosts: readonly HostFacts[];
  /** Of all hosts, whichever were asked for. */
  readonly counts: Readonly<Record<HostState, number>>;
}

/** Milliseconds from which an answer to the quickest of calls counts as slow. */
export const SLOW_MS = 1000;
const PAGE_HOSTS = 20;

export const hosts = handler<HostsArgs, HostsResult>()(
  ['config', 'hosts', 'now', 'redact', 'specs'],
  async (request, deps, run) => {
    const names = new Set([...permitted(request, deps).values()].flat());
    if (names.size === 0)
      throw new UserError(
        'not_permitted',
        'You may use no host in this channel.',
        phrase`${commandLine('whoami')} lists your permissions.`,
      );
    const { signal } = run;
    const outcomes = await deps.hosts.each(
      [...names],
      async (engine) => {
        const started = performance.now();
        const version = await engine.version({ signal });
        const ms = Math.round(performance.now() - started);
        // Counting bytes is slow on a full host, and its absence should not make the host look down.
        const [info, disk] = await Promise.all([
          engine.info({ signal }),
          engine.diskUsage({ signal: AbortSignal.any([signal, AbortSignal.timeout(4000)]) }).catch(() => undefined),
        ]);
        const sizes = disk && {
          imagesBytes: disk.imagesBytes,
          containersBytes: disk.containersBytes,
          volumesBytes: disk.volumesBytes,
          cacheBytes: disk.cacheBytes,
        };
        return { version, info, disk: sizes, ms };
      },
      { signal },
    );
    const { values, failures } = settle(outcomes, deps.redact);
    const { state, page } = request.args;
    const isSlow = ({ value }: (typeof values)[number]) => value.ms >= SLOW_MS;
    const slow = values.filter(isSlow);
    const ok = values.filter((one) => !isSlow(one));
    const wanted = { ok, slow, down: [] };
    const shown = paged(state === undefined ? [...slow, ...ok] : wanted[state], page, PAGE_HOSTS);
    const { rows, ...which } = shown;
    return {
      ...timed(request, deps.now(), state === undefined || state === 'down' ? failures : []),
      ...which,
      hosts: rows.map(({ host, value }) => ({ host, labels: deps.config.hosts.get(host)?.labels ?? {}, ...value })),
      counts: { ok: ok.length, slow: slow.length, down: failures.length },
    };
  },
);
