import type { CommandSpec } from '../commands/language/define.ts';
import { EngineError } from '../docker/client/engine-error.ts';
import { messageOf, UserError } from '../domain/errors.ts';
import { asText } from '../domain/phrase.ts';
import type { Note } from '../observe.ts';
import type { AuditEntry } from '../store/audit-records.ts';
import { inContext } from '../telemetry.ts';
import { cut } from '../text/cut.ts';
import type { Answer } from './answer.ts';
import { type Accepted, decide } from './deciding.ts';
import type { Deps } from './deps.ts';
import { refusalOf } from './refusal.ts';
import type { Incoming, Request } from './request.ts';
import type { Commands, Runnable, Watching } from './runnable.ts';

/** What the caller learns on the way. */
export interface Hooks<Reply, Shown> extends Watching<Reply, Shown> {
  /** The decision is durable in the audit log and the work begins: from here on a reply may say "working on it". */
  accepted(request: Request, spec: CommandSpec): void;
}

/** What every request is answered with. */
export interface Pipeline<Reply, Shown> {
  readonly deps: Deps;
  readonly commands: Commands<Reply, Shown>;
}

/**
 * Every request's path: parse, budget, authorize, audit, run, audit. Slash commands, clicks, mentions and the command line
 * all come through here, and nothing reaches a handler otherwise. Never rejects.
 */
export async function handle<Reply, Shown>(
  incoming: Incoming,
  pipeline: Pipeline<Reply, Shown>,
  hooks: Hooks<Reply, Shown>,
): Promise<Answer<Reply>> {
  const decided = await decide(incoming, pipeline.deps);
  if (decided.kind !== 'accepted') return decided;
  hooks.accepted(decided.request, decided.spec);
  return carryOut(decided, pipeline, hooks);
}

/** The second half: runs the command and records its outcome. Never rejects. */
export async function carryOut<Reply, Shown>(
  accepted: Accepted,
  { deps, commands }: Pipeline<Reply, Shown>,
  watching: Watching<Reply, Shown>,
): Promise<Answer<Reply>> {
  const { request, spec } = accepted;
  const { id, source, decision } = request;
  const observed = () =>
    deps.observer.during({ kind: 'request', source, request: id }, async (note) => {
      note({ command: spec.name, decision: decision.kind });
      try {
        const command = commands.get(spec.name);
        if (!command) throw new Error(`Nothing carries out ${spec.name}`);
        return await run(command, accepted, { deps, note }, watching);
      } catch (error) {
        note({ outcome: error instanceof UserError ? 'refused' : 'failed' });
        return refusalOf(error, { id, began: true, lines: request }, deps);
      }
    });
  return inContext({ request: id }, observed);
}

async function run<Reply, Shown>(
  command: Runnable<Reply, Shown>,
  { request, fact, parsed }: Accepted,
  { deps, note }: { readonly deps: Deps; readonly note: Note },
  watching: Watching<Reply, Shown>,
): Promise<Answer<Reply>> {
  const { spec } = command;
  const recorded = async (more: Pick<AuditEntry, 'outcome' | 'reason' | 'detail' | 'output'>) => {
    const ms = Math.round(performance.now() - request.since);
    const entry: AuditEntry = { ...fact, at: deps.now(), kind: 'outcome', hosts: request.hosts, ms, ...more };
    // The requester hears how it ended all the same, and the log of the process has what the audit log has not.
    await deps.store.audit
      .append(entry)
      .catch((error) => deps.log.error({ request: request.id, entry, err: error }, 'An outcome was not recorded'));
  };
  const own = { ...deps, hosts: deps.hosts.askedBy(request.person) };
  try {
    const operation = { kind: 'handler', command: spec.name } as const;
    const ran = await deps.observer.during(operation, () => command.run({ parsed, request }, own, watching));
    const summary = summaryOf(ran.result, deps);
    note({ outcome: summary.outcome ?? 'ok' });
    const written = recorded(summary);
    // What was changed is on record before anybody is told; what was only read need not make its reader wait.
    if (spec.effect === 'change') await written;
    return { kind: 'result', request, spec, ...ran };
  } catch (error) {
    const userError = error instanceof UserError;
    await recorded({
      outcome: userError ? 'refused' : 'failed',
      reason: userError ? error.reason : 'internal',
      detail: cut(deps.redact(userError ? asText(error.phrase, deps.config.slack.prefix) : messageOf(error)), 500),
    });
    throw error instanceof EngineError ? new UserError('engine_refused', error.engineSaid) : error;
  }
}

/** What an audit record says of a result: what its hosts failed at, and its own summary. */
interface Told {
  readonly failures?: readonly { readonly host: string; readonly summary: string }[];
  readonly hosts?: readonly unknown[];
  readonly audit?: string;
  readonly output?: AuditEntry['output'];
}

function summaryOf(
  { failures = [], hosts, audit, output }: Told,
  { redact }: Pick<Deps, 'redact'>,
): Pick<AuditEntry, 'outcome' | 'detail' | 'output'> {
  const said = [audit, ...failures.map((failure) => `${failure.host}: ${failure.summary}`)];
  const detail = cut(redact(said.filter((text) => text !== undefined).join('; ')), 2000);
  const outcome = failures.length === 0 ? 'ok' : (hosts?.length ?? 0) > 0 ? 'partial' : 'failed';
  return { outcome, ...(detail === '' ? {} : { detail }), ...(output === undefined ? {} : { output }) };
}
