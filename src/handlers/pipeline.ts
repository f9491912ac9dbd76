import type { CommandSpec } from '../commands/language/define.ts';
import { type Parsed, parseLine } from '../commands/language/parse.ts';
import { EngineError } from '../docker/client/engine-error.ts';
import { type Choice, messageOf, UserError } from '../domain/errors.ts';
import { asText, joinPhrases, mentionChannel, type Phrase, phrase, redactPhrase } from '../domain/phrase.ts';
import { ulid } from '../domain/ulid.ts';
import { authorize, groupsThatMatter, permissions } from '../policy/authorize.ts';
import type { Decision } from '../policy/decision.ts';
import type { AuditEntry } from '../store/audit-records.ts';
import { DatabaseFault } from '../store/fault.ts';
import { cut } from '../text/cut.ts';
import { named } from '../text/names.ts';
import type { Answer } from './answer.ts';
import { onHosts } from './choices.ts';
import type { Deps } from './deps.ts';
import { handlers } from './index.ts';
import { judgedIn } from './place.ts';
import type { Incoming, Request } from './request.ts';

/** What the caller learns on the way. */
export interface Hooks {
  readonly signal: AbortSignal;
  /** The decision is durable in the audit log and the work begins: from here on a reply may say "working on it". */
  accepted(request: Request, spec: CommandSpec): void;
  progress(report: unknown): void;
}

/**
 * Every request's way: parse, budget, authorize, audit, run, audit. Slash commands, clicks, mentions and the command line
 * all come through here, and nothing reaches a handler otherwise. Never rejects.
 */
export async function handle(incoming: Incoming, deps: Deps, hooks: Hooks): Promise<Answer> {
  const id = ulid(deps.now());
  let began = false;
  const accepted: Hooks['accepted'] = (...args) => {
    began = true;
    hooks.accepted(...args);
  };
  try {
    return await run(id, incoming, deps, { ...hooks, accepted });
  } catch (error) {
    if (error instanceof UserError) return refused(error, deps);
    deps.log.error({ request: id, err: error }, 'Request failed');
    if (error instanceof DatabaseFault) return notStored(error, id, began);
    return {
      kind: 'refused',
      reason: 'internal',
      text: `Something broke on our side (\`${id}\`).`,
      hint: 'The server log has the details under that id.',
      choices: [],
    };
  }
}

/** Nothing begins that is not on record. What had begun may have been done in part. */
function notStored({ why }: DatabaseFault, id: string, began: boolean): Answer {
  const what = began
    ? 'This was not finished: Fairlead cannot use its database'
    : 'Nothing was done: Fairlead cannot write its audit log';
  return {
    kind: 'refused',
    reason: 'internal',
    text: `${what}, since ${cut(why, 300)}.`,
    hint: `Tell the people who run Fairlead; the server log has the path under \`${id}\`. Then try again.`,
    choices: [],
  };
}

async function run(id: string, incoming: Incoming, deps: Deps, hooks: Hooks): Promise<Answer> {
  const { config } = deps;
  const at = deps.now();
  const since = performance.now();
  const parsed = parseLine(incoming.text, deps.specs, config.slack.prefix);
  if (parsed.help) return { kind: 'usage', spec: parsed.spec, prefix: config.slack.prefix };

  const fact = {
    request: id,
    person: incoming.person,
    channel: incoming.channel,
    team: incoming.team,
    source: incoming.source,
    ...(incoming.operator === undefined ? {} : { operator: incoming.operator }),
    command: parsed.spec.name,
    line: deps.redact(parsed.shownLine),
  };
  const budget = deps.limits.spend(incoming.person);
  if (!budget.ok) {
    await deps.store.audit.append({
      ...fact,
      at,
      kind: 'decision',
      hosts: [],
      decision: 'deny',
      reason: 'over_budget',
      rule: 'budget',
    });
    throw new UserError(
      'over_budget',
      `That was ${config.budget.commands} commands in a short time. Try again in ${Math.max(1, Math.ceil(budget.waitMs / 1000))} s.`,
    );
  }

  const service = parsed.spec.serviceOf?.(parsed.args);
  const { channel, missing } = await judgedIn(incoming, parsed.spec, service, deps);
  const membership = await deps.people.membership(incoming.person, groupsThatMatter(channel, config));
  const ask = {
    spec: parsed.spec,
    on: parsed.on,
    service,
    channel,
    person: incoming.person,
    membership,
  };
  const decision = authorize(ask, config);
  await deps.store.audit.append({
    ...fact,
    at,
    kind: 'decision',
    hosts: decision.kind === 'deny' ? [] : decision.hosts,
    decision: decision.kind,
    rule: decision.rule,
    ...(decision.kind === 'deny' ? { reason: decision.reason } : {}),
  });
  if (decision.kind === 'deny')
    return missing === undefined
      ? deniedAnswer(decision, parsed, incoming, deps, membership)
      : { kind: 'refused', reason: 'not_found', text: missing, hint: undefined, choices: [] };

  const request: Request = {
    id,
    command: parsed.spec.name,
    args: parsed.args,
    hosts: decision.hosts,
    hostsNamed: parsed.on !== undefined,
    line: parsed.line,
    shownLine: parsed.shownLine,
    share: parsed.share,
    person: incoming.person,
    channel,
    team: incoming.team,
    source: incoming.source,
    thread: incoming.thread,
    at,
    since,
    membership,
    decision,
  };
  hooks.accepted(request, parsed.spec);
  const recorded = async (more: Pick<AuditEntry, 'outcome' | 'reason' | 'detail'>) => {
    const entry: AuditEntry = {
      ...fact,
      at: deps.now(),
      kind: 'outcome',
      hosts: decision.hosts,
      ms: Math.round(performance.now() - since),
      ...more,
    };
    // Whoever asked hears how it ended all the same, and the log of the process has what the audit log has not.
    await deps.store.audit
      .append(entry)
      .catch((error) => deps.log.error({ request: id, entry, err: error }, 'An outcome was not recorded'));
  };
  const own = { ...deps, hosts: deps.hosts.askedBy(incoming.person) };
  try {
    const result = await handlers[parsed.spec.name as keyof typeof handlers](request as never, own, {
      signal: hooks.signal,
      progress: hooks.progress,
    });
    const written = recorded(summaryOf(result, deps));
    // What was changed is on record before anybody is told; what was only read need not make its reader wait.
    if (parsed.spec.effect === 'change') await written;
    return { kind: 'result', request, spec: parsed.spec, result };
  } catch (error) {
    const userError = error instanceof UserError;
    await recorded({
      outcome: userError ? 'refused' : 'failed',
      reason: userError ? error.reason : 'internal',
      detail: cut(deps.redact(userError ? asText(error.phrase, config.slack.prefix) : messageOf(error)), 500),
    });
    throw error instanceof EngineError ? new UserError('engine_refused', error.engineSaid) : error;
  }
}

// Results over hosts carry their failures; a result may also name its own outcome (a log that was stopped, say).
function summaryOf(result: unknown, deps: Pick<Deps, 'redact'>): Pick<AuditEntry, 'outcome' | 'detail'> {
  const { failures, hosts, audit } = result as {
    failures?: readonly { host: string; summary: string }[];
    hosts?: readonly unknown[];
    audit?: string;
  };
  const said = [audit, ...(failures ?? []).map((failure) => `${failure.host}: ${failure.summary}`)];
  const detail = cut(deps.redact(said.filter((text) => text !== undefined).join('; ')), 2000);
  const outcome = !failures || failures.length === 0 ? 'ok' : (hosts?.length ?? 0) > 0 ? 'partial' : 'failed';
  return detail === '' ? { outcome } : { outcome, detail };
}

function refused(error: UserError, deps: Deps): Answer {
  return {
    kind: 'refused',
    reason: error.reason,
    text: redactPhrase(error.phrase, deps.redact),
    hint: error.hint === undefined ? undefined : redactPhrase(error.hint, deps.redact),
    choices: error.choices,
    field: error.field,
  };
}

function deniedAnswer(
  denial: Extract<Decision, { kind: 'deny' }>,
  { spec, line, shownLine }: Parsed,
  incoming: Incoming,
  deps: Deps,
  membership: Request['membership'],
): Answer {
  const allowed = [
    ...permissions(deps.specs, { channel: incoming.channel, person: incoming.person, membership }, deps.config).keys(),
  ];
  const near = denial.near === undefined ? '' : ` Did you mean \`${denial.near}\`?`;
  return {
    kind: 'refused',
    reason: denial.reason,
    text: `${denial.missing}${near}`,
    hint: hintFor(denial, allowed, spec, deps),
    // A button's line is kept by Slack, so there is none for a line with secrets.
    choices: denial.reason === 'host_needed' && line === shownLine ? hostChoices(denial.permitted, line) : [],
  };
}

function hostChoices(hosts: readonly string[], line: string): readonly Choice[] {
  return ['all', ...hosts].slice(0, 10).map((host) => ({ label: host, line: onHosts(line, [host]) }));
}

/** Names of hosts in a hint, in so many UTF-16 units. */
const MOST_NAMES = 600;

function quoted(hosts: readonly string[]): string {
  return named(
    hosts.map((host) => `\`${host}\``),
    MOST_NAMES,
  );
}

function hintFor(
  denial: Extract<Decision, { kind: 'deny' }>,
  allowed: readonly string[],
  spec: CommandSpec,
  deps: Deps,
): Phrase {
  if (denial.reason === 'host_needed') return `Add \`@host\` or \`--on\`: ${quoted(denial.permitted)} or \`all\`.`;
  const may =
    allowed.length === 0
      ? 'You have no permissions here yet.'
      : `Here you may: ${allowed.map((name) => `\`${name}\``).join(', ')}.`;
  const elsewhere = [...deps.config.channels]
    .filter(([, channel]) => channel.grants.some((grant) => deps.config.roles.get(grant.role)?.has(spec.name)))
    .map(([id]) => mentionChannel(id));
  const who =
    denial.who.length > 0
      ? ` Who can: ${denial.who.join(', ')}.`
      : elsewhere.length > 0
        ? phrase` \`${spec.name}\` is granted in ${joinPhrases(elsewhere.slice(0, 3), ', ')}.`
        : '';
  return denial.reason === 'host_unknown'
    ? `Hosts you may use: ${quoted(denial.permitted) || 'none'}.`
    : phrase`${may}${who}`;
}
