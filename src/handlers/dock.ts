import type { AuditArgs, CanArgs, HelpArgs, NoArgs, StopArgs } from '../commands/dock.ts';
import { momentAt } from '../commands/duration.ts';
import { commandOf, parseLine } from '../commands/parse.ts';
import { joinWords } from '../commands/words.ts';
import type { DiskUsage, EngineInfo, EngineVersion } from '../docker/engine.ts';
import { UserError } from '../errors.ts';
import { authorize, type Decision, permissions } from '../policy/authorize.ts';
import type { AuditedRequest } from '../store/audit-records.ts';
import { settle, timed } from './over-hosts.ts';
import type { Deps, Handler, Request, Timed } from './types.ts';

export interface HelpResult {
  /** Command name to the hosts it may be said on; open commands have none. */
  readonly commands: readonly { readonly name: string; readonly hosts: readonly string[] }[];
  readonly detail: string | undefined;
  readonly configured: boolean;
  /** Of the slash commands. */
  readonly prefix: string;
}

export const help: Handler<HelpArgs, HelpResult> = async (request, deps) => {
  const wanted = request.args.command?.replace(/^\//u, '');
  const may = permitted(request, deps);
  const codes = deps.config.approvals.some(({ stepUp }) => stepUp === 'totp');
  const commands = deps.specs
    .filter((spec) => (spec.access === 'open' ? codes || spec.name !== 'totp' : may.has(spec.name)))
    .map((spec) => ({ name: spec.name, hosts: may.get(spec.name) ?? [] }));
  const { prefix } = deps.config.slack;
  const detail = wanted === undefined ? undefined : commandOf(wanted, deps.specs, prefix).name;
  return { commands, detail, configured: deps.config.channels.has(request.channel), prefix };
};

function permitted(request: Request, deps: Deps): ReadonlyMap<string, readonly string[]> {
  return permissions(deps.specs, request, deps.config);
}

export interface WhoamiResult {
  readonly person: string;
  readonly channel: string;
  readonly groups: readonly string[];
  readonly unreadable: readonly string[];
  readonly may: readonly { readonly name: string; readonly hosts: readonly string[] }[];
}

export const whoami: Handler<NoArgs, WhoamiResult> = async (request, deps) => {
  const membership = await deps.people.membership(request.person, [...deps.config.groups.keys()]);
  const may = [...permitted(request, deps)].map(([name, hosts]) => ({ name, hosts }));
  return {
    person: request.person,
    channel: request.channel,
    groups: [...membership.groups],
    unreadable: [...membership.unreadable],
    may,
  };
};

export interface CanResult {
  /** Without its secret values. */
  readonly line: string;
  readonly decision: Decision;
}

/** Explains a decision by making it: the same parser and the same `authorize` as the real thing. */
export const can: Handler<CanArgs, CanResult> = async (request, deps) => {
  const parsed = parseLine(joinWords(request.args.line), deps.specs, deps.config.slack.prefix);
  const decision = authorize(
    {
      spec: parsed.spec,
      on: parsed.on,
      service: parsed.spec.serviceOf?.(parsed.args),
      channel: request.channel,
      person: request.person,
      membership: request.membership,
    },
    deps.config,
  );
  return { line: parsed.shownLine, decision };
};

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

export const hosts: Handler<NoArgs, HostsResult> = async (request, deps, run) => {
  const names = new Set([...permitted(request, deps).values()].flat());
  if (names.size === 0)
    throw new UserError('not_permitted', 'You may use no host in this channel.', 'Try `/dock whoami`.');
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
};

export interface StopResult {
  readonly kind: 'stopped';
}

export const stop: Handler<StopArgs, StopResult> = async (request, deps) => {
  const outcome = deps.live.stop(request.args.id, request.person);
  if (outcome === 'unknown') throw new UserError('not_found', 'Nothing is followed under that id (any more).');
  if (outcome === 'not_yours') throw new UserError('not_permitted', 'Only the person who started it can stop it.');
  return { kind: 'stopped' };
};

export interface AuditResult {
  readonly at: number;
  /** One a request. */
  readonly records: readonly AuditedRequest[];
  readonly page: number;
  readonly more: boolean;
}

const AUDIT_ROWS = 15;

export const audit: Handler<AuditArgs, AuditResult> = async (request, deps) => {
  const { person, command, host, decision, since, page } = request.args;
  // Records about no host (a refusal) or about other hosts as well are shown only to people who may see all hosts.
  const isAll = request.hosts.length === deps.config.hosts.size;
  const found = await deps.store.audit.requests({
    ...(isAll ? {} : { within: request.hosts }),
    skip: (page - 1) * AUDIT_ROWS,
    limit: AUDIT_ROWS + 1,
    ...(person === undefined ? {} : { person }),
    ...(command === undefined ? {} : { command }),
    ...(host === undefined ? {} : { host }),
    ...(decision === undefined ? {} : { decision }),
    ...(since === undefined ? {} : { since: momentAt(since, deps.now()) }),
  });
  return { at: deps.now(), records: found.slice(0, AUDIT_ROWS), page, more: found.length > AUDIT_ROWS };
};
