import type { NoArgs } from '../../commands/language/no-args.ts';
import type { DiskUsage, EngineInfo, EngineVersion } from '../../docker/client/types.ts';
import { UserError } from '../../domain/errors.ts';
import { commandLine, phrase } from '../../domain/phrase.ts';
import { permitted } from '../access/permitted.ts';
import { handler } from '../handler.ts';
import { settle, timed } from '../over-hosts.ts';
import type { Timed } from '../request.ts';

export interface HostFacts {
  readonly host: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly version: EngineVersion;
  readonly info: EngineInfo;
  readonly disk: Pick<DiskUsage, 'imagesBytes' | 'containersBytes' | 'volumesBytes' | 'cacheBytes'> | undefined;
  readonly ms: number;
}

export interface HostsResult extends Timed {
  readonly hosts: readonly HostFacts[];
}

export const hosts = handler<NoArgs, HostsResult>()(
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
    return {
      ...timed(request, deps.now(), failures),
      hosts: values.map(({ host, value }) => ({ host, labels: deps.config.hosts.get(host)?.labels ?? {}, ...value })),
    };
  },
);
