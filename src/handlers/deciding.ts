import type { CommandSpec } from '../commands/language/define.ts';
import type { Parsed } from '../commands/language/parse.ts';
import { UserError } from '../domain/errors.ts';
import { ulid } from '../domain/ulid.ts';
import type { Facts, Note } from '../observe.ts';
import { authorize, groupsThatMatter } from '../policy/authorize.ts';
import type { Decision, Denial } from '../policy/decision.ts';
import type { AuditEntry } from '../store/audit-records.ts';
import { inContext } from '../telemetry.ts';
import type { Refused, Usage } from './answer.ts';
import type { Deps } from './deps.ts';
import { judgedIn } from './place.ts';
import { imageOf, readLine } from './read-line.ts';
import { deniedAnswer, refusalOf } from './refusal.ts';
import type { Incoming, Request } from './request.ts';

/** What a decision needs: no host, no registry, and of Slack only who is in which group. */
export type DecideDeps = Pick<
  Deps,
  'budget' | 'config' | 'log' | 'now' | 'observer' | 'people' | 'redact' | 'specs' | 'store'
>;

/** A line that may be carried out, with its decision on record. */
export interface Accepted extends Judged {
  readonly kind: 'accepted';
  readonly spec: CommandSpec;
  readonly parsed: Parsed;
}

/** A line that may be carried out, or why nothing is. */
export type Decided = Accepted | Usage | Refused;

/**
 * The first half of the path: whether a line may be carried out, recorded before anything happens. `again` is the id of a
 * request that another process accepted: it is judged anew, and recorded only if it is refused now. Never rejects.
 */
export async function decide(incoming: Incoming, deps: DecideDeps, again?: string): Promise<Decided> {
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

interface Found {
  readonly answer: Decided;
  readonly facts: Facts;
}

async function decideOn(
  incoming: Incoming,
  id: string,
  deps: DecideDeps,
  { note, isAgain }: { readonly note: Note; readonly isAgain: boolean },
): Promise<Found> {
  let facts: Facts = {};
  try {
    const parsed = readLine(incoming.text, deps);
    const { spec } = parsed;
    facts = { command: spec.name };
    if (parsed.help) return { answer: { kind: 'usage', spec, prefix: deps.config.slack.prefix }, facts };
    const judged = await judge({ id, incoming, parsed, isAgain }, deps);
    const decision = 'refused' in judged ? 'deny' : judged.request.decision.kind;
    facts = { ...facts, decision };
    note(facts);
    return { answer: 'refused' in judged ? judged.refused : { kind: 'accepted', ...judged, spec, parsed }, facts };
  } catch (error) {
    return { answer: refusalOf(error, { id, began: false }, deps), facts };
  }
}

interface Arrived {
  readonly id: string;
  readonly incoming: Incoming;
  readonly parsed: Parsed;
  /** Its decision was recorded, and its budget charged, by the process that accepted it. */
  readonly isAgain: boolean;
}

/** What every audit record of a request says. */
export type Fact = Pick<
  AuditEntry,
  'request' | 'person' | 'channel' | 'team' | 'source' | 'operator' | 'command' | 'line'
>;

interface Judged {
  readonly request: Request;
  readonly fact: Fact;
}

/** Decides whether a line may be carried out, and records what was decided before anything happens. */
async function judge(
  { id, incoming, parsed, isAgain }: Arrived,
  deps: DecideDeps,
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
    line: parsed.shownLine,
  };
  if (!isAgain) await spendBudget(fact, at, deps);
  const service = spec.serviceOf?.(parsed.args);
  const { channel, missing } = await judgedIn(incoming, spec, service, deps);
  const membership = await deps.people.membership(incoming.person, groupsThatMatter(channel, config));
  const decision = authorize(
    { spec, on: parsed.on, service, image: imageOf(parsed), channel, person: incoming.person, membership },
    config,
  );
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
async function spendBudget(fact: Fact, at: number, { budget, store, config }: DecideDeps): Promise<void> {
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
