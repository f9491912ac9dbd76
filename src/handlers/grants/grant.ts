import { exec } from '../../commands/containers/exec.ts';
import type { GrantArgs } from '../../commands/grants/grant.ts';
import { code, UserError } from '../../domain/errors.ts';
import { commandLine, mention, phrase } from '../../domain/phrase.ts';
import { rolesHeld } from '../../policy/authorize.ts';
import { execRules } from '../../policy/exec.ts';
import type { ExecGrant } from '../../store/exec-grants.ts';
import type { Approver } from '../approval/approver.ts';
import { askForApproval } from '../approval/ask.ts';
import { rulesOf } from '../approval/may-answer.ts';
import { namingSilent, unseenOn } from '../containers/find-container.ts';
import { type ExecTarget, execTarget } from '../containers/program/exec-target.ts';
import type { Deps } from '../deps.ts';
import { handler } from '../handler.ts';
import { serviceOfContainer } from '../lifecycle/service-of.ts';
import type { Request } from '../request.ts';
import { mayEnd } from './may-end.ts';
import { noSuchGrant } from './no-such-grant.ts';
import { type GrantPlan, hashOfGrant, noRule, openedBy } from './plan.ts';

export interface GrantAsked extends GrantPlan {
  readonly kind: 'grant-asked';
  readonly id: string;
  readonly hash: string;
  readonly from: readonly Approver[];
  readonly expiresAt: number;
  /** Hosts that did not say whether they have the container too, where nobody named one. */
  readonly unseen?: readonly string[];
  readonly audit: string;
}

export interface GrantEnded {
  readonly kind: 'grant-ended';
  readonly grant: ExecGrant;
  readonly audit: string;
}

const DEFAULT_MS = 30 * 60_000;

export const grant = handler<GrantArgs, GrantAsked | GrantEnded>()(
  ['config', 'hosts', 'kinds', 'now', 'people', 'redact', 'specs', 'store'],
  async (request, deps, run) => (request.args.what === 'end' ? end(request, deps) : ask(request, deps, run.signal)),
);

type AskDeps = Pick<Deps, 'config' | 'hosts' | 'kinds' | 'now' | 'people' | 'redact' | 'specs' | 'store'>;

async function ask(request: Request<GrantArgs>, deps: AskDeps, signal: AbortSignal): Promise<GrantAsked> {
  const { args } = request;
  if (args.reason === undefined)
    throw new UserError(
      'bad_input',
      'Say why: `--reason "…"`. Those who approve will read it.',
      phrase`Try ${commandLine(`${request.shownLine.replace(/^dock /u, '')} --reason "what you look for"`)}.`,
      { field: 'reason' },
    );
  const typed = args.target;
  if (typed === undefined)
    throw new UserError(
      'bad_input',
      'Say in which container.',
      phrase`For example ${commandLine('grant exec shop for 30m')}.`,
      {
        field: 'target',
      },
    );
  const target = await execTarget({ ...request, args: { container: typed } }, deps, signal);
  return namingSilent(target.failures, () => askFor(target, args.reason ?? '', request, deps));
}

async function askFor(
  target: ExecTarget,
  reason: string,
  request: Request<GrantArgs>,
  deps: AskDeps,
): Promise<GrantAsked> {
  const { args, channel, membership, id } = request;
  // Rules for some services hold for the container that is meant, also where its id was typed.
  const service = serviceOfContainer(target.container, deps.config);
  const held = rolesHeld({ spec: exec, service, channel, membership }, target.host, deps.config);
  const allowed = openedBy(execRules(held, deps.config), target.names);
  if (allowed.length === 0)
    throw new UserError(
      'not_permitted',
      `A grant opens nothing for you in ${code(target.names[0] ?? '')}.`,
      'What it opens are rules of a role with `onGrant: true`.',
    );
  const plan: GrantPlan = {
    hosts: [{ host: target.host }],
    names: target.names,
    forMs: args.for ?? DEFAULT_MS,
    reason,
    allowed,
  };
  const rules = rulesOf({ command: 'grant', plan, service }, deps);
  if (rules.length === 0) throw noRule();
  const hash = hashOfGrant(plan);
  const { expiresAt, from } = await askForApproval(
    { what: 'this grant', plan, hash, service, rules, isPersonal: true },
    request,
    deps,
  );
  const audit = `asked: ${plan.names[0]} on ${target.host}, plan ${hash.slice(0, 8)}`;
  return { kind: 'grant-asked', id, hash, ...plan, from, expiresAt, unseen: unseenOn(target.failures), audit };
}

async function end(request: Request<GrantArgs>, deps: Pick<Deps, 'config' | 'now' | 'store'>): Promise<GrantEnded> {
  const { args, person } = request;
  const found = args.target === undefined ? undefined : await deps.store.execGrants.get(args.target);
  if (!found || !(await mayEnd(request, found, deps))) throw await noSuchGrant(request, deps);
  const ended = await deps.store.execGrants.end(found.id, person, deps.now());
  if (!ended)
    throw new UserError(
      'already_decided',
      phrase`That grant is over already${found.endedBy === undefined ? '' : phrase`: ${mention(found.endedBy)} ended it`}.`,
    );
  return { kind: 'grant-ended', grant: ended, audit: `${found.id} ended` };
}
