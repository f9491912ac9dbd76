import { hash } from 'node:crypto';
import { type ExecArgs, exec as spec } from '../../commands/containers/exec.ts';
import { joinWords, splitWords } from '../../commands/language/words.ts';
import { code, UserError } from '../../domain/errors.ts';
import { commandLine, phrase } from '../../domain/phrase.ts';
import { rolesHeld } from '../../policy/authorize.ts';
import { execRules, mayExec, mayExecSomewhere } from '../../policy/exec.ts';
import { createRedactor, type Redact, secretValues } from '../../policy/redact.ts';
import type { ExecGrant } from '../../store/exec-grants.ts';
import { onHosts } from '../choices.ts';
import type { Deps } from '../deps.ts';
import { handler } from '../handler.ts';
import type { Request, Run } from '../request.ts';
import { namingSilent, unseenOn } from './find-container.ts';
import { nameOf } from './logs.ts';
import { endLeft, MARK } from './program/end-left.ts';
import { type ExecTarget, execTarget } from './program/exec-target.ts';
import type { ExecForm, ProgramReport } from './program/results.ts';
import { type ProgramEnd, runProgram } from './program/run-program.ts';

/** Programs one person may have running at once. */
const RUNS_EACH = 3;

export const exec = handler<ExecArgs, ProgramReport | ExecForm, ProgramReport>()(
  ['config', 'hosts', 'live', 'now', 'redact', 'store', 'timeouts'],
  async (request, deps, run) => {
    const { container: typed } = request.args;
    if (typed === undefined) return formFor(request);
    if (request.args.command.length === 0)
      throw new UserError(
        'bad_input',
        `Which command in ${code(typed)}?`,
        phrase`For example ${commandLine(`exec ${typed} df -h`)}.`,
        { field: 'command' },
      );
    refuseHostBehind(request);
    const target = await targetOf(typed, request, deps, run.signal);
    return namingSilent(target.failures, () => runIn(target, request, deps, run));
  },
);

type ExecDeps = Pick<Deps, 'config' | 'live' | 'now' | 'redact' | 'store' | 'timeouts'>;

/** Runs the command in the container that was found, where that is allowed. */
async function runIn(
  target: ExecTarget,
  request: Request<ExecArgs>,
  deps: ExecDeps,
  run: Pick<Run<ProgramReport>, 'progress' | 'signal'>,
): Promise<ProgramReport> {
  const { rule, pattern } = allowed(request, target, deps);
  const granted = rule.onGrant ? await grantFor(pattern, request, target, deps) : undefined;
  const { env } = await target.engine.inspectContainer(target.container.id, { signal: run.signal });
  const own = createRedactor(secretValues([...env, ...request.args.env]));
  const redact: Redact = (text) => deps.redact(own(text));
  refuseSecrets(request.args.command, redact);
  if ((await deps.live.count(request.person)) >= RUNS_EACH)
    throw new UserError('busy', `${RUNS_EACH} things of yours run already; stop one first.`);
  const { engine, container } = target;
  // Nothing outlasts the grant that it is run under.
  const forMs = Math.min(rule.timeout, granted ? granted.until - deps.now() : rule.timeout);
  const seconds = Math.max(1, Math.ceil(forMs / 1000));
  const bound = await deps.timeouts.boundOf(engine, container, seconds, run.signal);
  if (!bound && !rule.unbounded)
    throw new UserError(
      'not_permitted',
      `The image of ${code(nameOf(container))} has no \`timeout\`, so nothing could end the command there.`,
      `Add coreutils or busybox to the image, or set \`unbounded: true\` at \`${rule.path}\` in the config.`,
    );
  return carryOut(
    { request, target, redact, bound, seconds, outputBytes: rule.output, granted: granted?.id },
    deps,
    run,
  );
}

function formFor({ shownLine, hosts, hostsNamed }: Request<ExecArgs>): ExecForm {
  // Where hosts are chosen in the form, the line names none.
  const named = hostsNamed ? hosts : undefined;
  return { kind: 'exec-form', line: 'exec', hosts: named, audit: `form for ${shownLine}` };
}

/** Throws a `UserError` unless a rule of a role the person holds lets them run just this. */
function allowed(
  { args, channel, membership }: Request<ExecArgs>,
  target: ExecTarget,
  { config }: Pick<Deps, 'config'>,
) {
  const held = rolesHeld({ spec, service: args.container, channel, membership }, target.host, config);
  const ask = {
    argv: args.command,
    names: target.names,
    user: args.user,
    workdir: args.workdir,
    env: args.env.map((pair) => pair.slice(0, pair.indexOf('='))),
  };
  const verdict = mayExec(ask, execRules(held, config));
  if (verdict.may) return verdict;
  throw new UserError('not_permitted', verdict.why, verdict.hint);
}

/** Of a command that may run on none of the hosts nobody is asked which one is meant. */
async function targetOf(
  typed: string,
  request: Request<ExecArgs>,
  deps: Pick<Deps, 'config' | 'hosts' | 'redact'>,
  signal: AbortSignal,
): Promise<ExecTarget> {
  try {
    return await execTarget({ ...request, args: { container: typed } }, deps, signal);
  } catch (error) {
    if (error instanceof UserError && error.reason === 'ambiguous') refuseEverywhere(typed, request, deps);
    throw error;
  }
}

/** Throws a `UserError` where no rule for any of the hosts has the command. */
function refuseEverywhere(
  typed: string,
  { args, hosts, channel, membership }: Request<ExecArgs>,
  { config }: Pick<Deps, 'config'>,
): void {
  const roles = hosts.flatMap((host) => rolesHeld({ spec, service: typed, channel, membership }, host, config));
  const verdict = mayExecSomewhere(args.command, typed, execRules([...new Set(roles)], config));
  if (!verdict.may) throw new UserError('not_permitted', verdict.why, verdict.hint);
}

/** Throws a `UserError` where the last argument is a host and no host is named: the host was meant, not an argument. */
function refuseHostBehind({ args, hosts, hostsNamed, line, shownLine }: Request<ExecArgs>): void {
  const last = args.command.at(-1) ?? '';
  const host = hosts.find((name) => last.toLowerCase() === `@${name}`);
  if (host === undefined || hostsNamed || args.command.length < 2) return;
  const right = onHosts(joinWords(splitWords(line).slice(0, -1)), [host]);
  throw new UserError(
    'bad_input',
    `${code(last)} stands behind the command, so it is an argument of ${code(args.command[0] ?? '')}.`,
    `Put the host before the container: \`@${host} ${args.container}\`.`,
    { choices: line === shownLine ? [{ label: host, line: right }] : [] },
  );
}

/** The grant somebody on call gave for that pattern. Throws a `UserError` that says how to ask for one. */
async function grantFor(
  pattern: string,
  { person }: Pick<Request, 'person'>,
  { host, names }: ExecTarget,
  { store, now }: Pick<Deps, 'now' | 'store'>,
): Promise<ExecGrant> {
  const active = await store.execGrants.active({ now: now(), person, host });
  const found = active.find(({ container, allowed }) => names.includes(container) && allowed.includes(pattern));
  if (found) return found;
  throw new UserError(
    'not_permitted',
    `${code(pattern)} takes a grant for a time, and you have none for ${code(names[0] ?? '')} on ${host}.`,
    phrase`Ask for one: ${commandLine(`grant exec ${names[0] ?? ''} for 30m --reason "…"`)}.`,
  );
}

/** Arguments can be read in the engine's events, and by every process in the container. */
function refuseSecrets(argv: readonly string[], redact: Redact): void {
  const joined = argv.join(' ');
  if (redact(joined) === joined && argv.every((word) => redact(word) === word)) return;
  throw new UserError(
    'bad_input',
    'An argument looks like a secret, and arguments can be read in the engine’s events.',
    'Give it as a variable, whose value is shown nowhere: `-e NAME=value`.',
  );
}

interface Allowed {
  readonly request: Request<ExecArgs>;
  readonly target: ExecTarget;
  readonly redact: Redact;
  readonly bound: readonly string[] | undefined;
  readonly seconds: number;
  readonly outputBytes: number;
  readonly granted: string | undefined;
}

async function carryOut(
  { request, target, redact, bound, seconds, outputBytes, granted }: Allowed,
  deps: Pick<Deps, 'live' | 'now' | 'store'>,
  run: Pick<Run<ProgramReport>, 'progress' | 'signal'>,
): Promise<ProgramReport> {
  const { args, id } = request;
  const { engine, container, host } = target;
  const began = performance.now();
  const base: ProgramReport = {
    kind: 'program',
    id,
    host,
    container: nameOf(container),
    unseen: unseenOn(target.failures),
    said: redact(joinWords(args.command)),
    shown: [],
    lines: 0,
    boundS: bound && seconds,
    end: undefined,
    audit: '',
  };
  const place = { person: request.person, channel: request.channel, host, container: base.container };
  await deps.store.execs.begin({ id, at: deps.now(), ...place, line: request.shownLine, granted });
  const until = deps.now() + seconds * 1000;
  const live = await deps.live.start({ id, person: request.person, until }, run.signal);
  run.progress(base);
  const command = {
    argv: [...(bound ?? []), ...args.command],
    env: [...args.env, `${MARK}=${id}`],
    user: args.user,
    workdir: args.workdir,
  };
  const bounds = { forMs: seconds * 1000, outputBytes };
  try {
    const ended = await runProgram(
      { engine, containerId: container.id, command, redact, bounds },
      live.signal,
      (output) => run.progress({ ...base, shown: output.shown, lines: output.lines }),
    );
    const isLeft = ended.ended !== 'exited' && !(await endLeft(engine, container.id, { id, user: args.user }));
    return await recorded(base, { ended, isLeft, ms: Math.round(performance.now() - began) }, deps);
  } finally {
    await live.end();
  }
}

interface Ended {
  readonly ended: ProgramEnd;
  readonly isLeft: boolean;
  readonly ms: number;
}

/** Stores how a program ended, with the beginning of its output, and returns its report. */
async function recorded(
  base: ProgramReport,
  { ended, isLeft, ms }: Ended,
  { store }: Pick<Deps, 'store'>,
): Promise<ProgramReport> {
  const { exitCode, facts, text, lost } = ended;
  const { bytes, sha256, kept } = facts;
  await store.execs.finish(base.id, { ended: ended.ended, exitCode, ms, bytes, sha256, kept });
  return {
    ...base,
    lines: facts.lines,
    shown: facts.shown,
    end: { ended: ended.ended, exitCode, ms, isLeft, lost, text, sha256 },
    audit: `${base.container} on ${base.host}: ${ended.ended}, exit ${exitCode ?? 'unknown'}, ${facts.lines} lines`,
    output: { bytes, sha256, kept: hash('sha256', kept) },
  };
}
