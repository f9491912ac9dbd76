import type { CommandSpec } from '../commands/language/define.ts';
import { type Parsed, parseLine } from '../commands/language/parse.ts';
import { EngineError } from '../docker/client/engine-error.ts';
import { messageOf, UserError } from '../domain/errors.ts';
import { asText } from '../domain/phrase.ts';
import { ulid } from '../domain/ulid.ts';
import type { Facts, Note } from '../observe.ts';
import { authorize, groupsThatMatter } from '../policy/authorize.ts';
import type { Decision, Denial } from '../policy/decision.ts';
import type { AuditEntry } from '../store/audit-records.ts';
import { inContext } from '../telemetry.ts';
import { cut } from '../text/cut.ts';
import type { Answer, Refused, Usage } from './answer.ts';
import type { Deps } from './deps.ts';
import { judgedIn } from './place.ts';
import { deniedAnswer, refusalOf } from './refusal.ts';
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

/** A line that may be carried out, with its decision on record. */
export interface Accepted extends Judged {
  readonly kind: 'accepted';
  readonly spec: CommandSpec;
  readonly parsed: Parsed;
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

/**
 * The first half of the path: whether a line may be carried out, recorded before anything happens. `again` is the id of a
 * request that another process accepted: it is judged anew, and recorded only if it is refused now. Never rejects.
 */
export async function decide(incoming: Incoming, deps: Deps, again?: string): Promise<Accepted | Usage | Refused> {
  const id = again ?? incoming.id ?? ulid(deps.now());
  // Of a line that is carried out, `carryOut` reports the request.
  const end = deps.observer.begin({ kind: 'request', source: incoming.source, request: id });
  const decided = await inContext({ request: id }, () =>
    deps.observer.during({ kind: 'decision' }, (note) =>
      decideOn(incoming, id, deps, { note, isAgain: again !== undefined }),
    ),
  );
  if (decided.answer.kind !== 'accepted') end({ ...decided.facts, outcome: decided.answer.kind });
  return decided.answer;
}

interface Decided {
  readonly answer: Accepted | Usage | Refused;
  readonly facts: Facts;
}

async function decideOn(
  incoming: Incoming,
  id: string,
  deps: Deps,
  { note, isAgain }: { readonly note: Note; readonly isAgain: boolean },
): Promise<Decided> {
  let facts: Facts = {};
  try {
    const { slack } = deps.config;
    const parsed = parseLine(incoming.text, deps.specs, slack.prefix);
    const { spec } = parsed;
    facts = { command: spec.name };
    if (parsed.help) return { answer: { kind: 'usage', spec, prefix: slack.prefix }, facts };
    const judged = await judge({ id, incoming, parsed, isAgain }, deps);
    const decision = 'refused' in judged ? 'deny' : judged.request.decision.kind;
    facts = { ...facts, decision };
    note(facts);
    return { answer: 'refused' in judged ? judged.refused : { kind: 'accepted', ...judged, spec, parsed }, facts };
  } catch (error) {
    return { answer: refusalOf(error, { id, began: false }, deps), facts };
  }
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
        return refusalOf(error, { id, began: true }, deps);
      }
    });
  return inContext({ request: id }, observed);
}

interface Arrived {
  readonly id: string;
  readonly incoming: Incoming;
  readonly parsed: Parsed;
  /** Its decision was recorded, and its budget charged, by the process that accepted it. */
  readonly isAgain: boolean;
}

/** What every audit record of a request says. */
type Fact = Pick<AuditEntry, 'request' | 'person' | 'channel' | 'team' | 'source' | 'operator' | 'command' | 'line'>;

interface Judged {
  readonly request: Request;
  readonly fact: Fact;
}

/** Decides whether a line may be carried out, and records what was decided before anything happens. */
async function judge(
  { id, incoming, parsed, isAgain }: Arrived,
  deps: Deps,
): Promise<Judged | { readonly refused: ReturnType<typeof deniedAnswer> }> {
  const at = deps.now();
  const since = performance.now();
  const { config } = deps;
  const { spec } = parsed;
  const fact: Fact = {
    request: id,
    person: incoming.person,
    channel: incoming.channel,
    team: incoming.team,
    source: incoming.source,
    ...(incoming.operator === undefined ? {} : { operator: incoming.operator }),
    command: spec.name,
    line: deps.redact(parsed.shownLine),
  };
  if (!isAgain) await spendBudget(fact, at, deps);
  const service = spec.serviceOf?.(parsed.args);
  const { channel, missing } = await judgedIn(incoming, spec, service, deps);
  const membership = await deps.people.membership(incoming.person, groupsThatMatter(channel, config));
  const decision = authorize({ spec, on: parsed.on, service, channel, person: incoming.person, membership }, config);
  if (!isAgain || decision.kind === 'deny')
    await deps.store.audit.append({
      ...fact,
      at,
      kind: 'decision',
      hosts: decision.kind === 'deny' ? [] : decision.hosts,
      decision: decision.kind,
      rule: decision.rule,
      ...(decision.kind === 'deny' ? { reason: decision.reason } : {}),
    });
  if (decision.kind === 'deny') {
    if (missing !== undefined) throw new UserError('not_found', missing);
    return { refused: deniedAnswer({ denial: decision, parsed, incoming, membership }, deps) };
  }
  return { fact, request: requestOf({ id, incoming, parsed }, decision, { at, since, channel, membership }) };
}

function requestOf(
  { id, incoming, parsed }: Pick<Arrived, 'id' | 'incoming' | 'parsed'>,
  decision: Exclude<Decision, Denial>,
  found: Pick<Request, 'at' | 'since' | 'channel' | 'membership'>,
): Request {
  return {
    id,
    command: parsed.spec.name,
    args: parsed.args,
    hosts: decision.hosts,
    hostsNamed: parsed.on !== undefined,
    line: parsed.line,
    shownLine: parsed.shownLine,
    share: parsed.share,
    person: incoming.person,
    team: incoming.team,
    source: incoming.source,
    thread: incoming.thread,
    attached: parsed.spec.takesText ? incoming.attached : undefined,
    message: incoming.message,
    decision,
    ...found,
  };
}

/** Throws a `UserError`, which is recorded, when a person gave too many commands in a short time. */
async function spendBudget(fact: Fact, at: number, { budget, store, config }: Deps): Promise<void> {
  const spending = await budget.spend(fact.person);
  if (spending.ok) return;
  const denied = { kind: 'decision', hosts: [], decision: 'deny', reason: 'over_budget', rule: 'budget' } as const;
  await store.audit.append({ ...fact, at, ...denied });
  const seconds = Math.max(1, Math.ceil(spending.waitMs / 1000));
  throw new UserError(
    'over_budget',
    `That was ${config.budget.commands} commands in a short time. Try again in ${seconds} s.`,
  );
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
