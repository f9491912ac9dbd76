import type { CommandSpec } from '../commands/language/define.ts';
import { isOf } from '../commands/language/parse.ts';
import type { Approver } from '../handlers/approval/approver.ts';
import type { KindOf } from '../handlers/approval/kind.ts';
import type { ApprovalKind, Deps, Outcome } from '../handlers/deps.ts';
import type { Handler } from '../handlers/handler.ts';
import type { Request } from '../handlers/request.ts';
import type { Line, Runnable } from '../handlers/runnable.ts';
import { redactTexts } from '../policy/redact.ts';
import type { Approval } from '../store/approvals.ts';
import type { Message } from './block-kit/message.ts';
import type { Replies, Reply } from './reply/reply.ts';

/** How progress is shown, in one message that is updated. */
export interface LiveView<Args, Progress> {
  view(report: Progress, request: Request<Args>): Message;
  /** In the channel, or in the person's direct messages unless it is shared. */
  readonly stands: 'channel' | 'private';
  /** At once, or after the time within which a quick command answers. */
  readonly begins: 'at-once' | 'when-slow';
}

/** A request that waits for its answer, as its message shows it. */
export interface OpenRequest extends Pick<Approval, 'command' | 'expiresAt' | 'hash' | 'id'> {
  readonly person: string;
  readonly shownLine: string;
  /** Approvers by today's config. */
  readonly from: readonly Approver[];
  /** Unix milliseconds. */
  readonly at: number;
}

/** How requests of a kind are shown. */
export interface ApprovalViews<Plan, Result> {
  /** What the message of an open request shows; `card` where a card does. Undefined for a plan that is not of its command. */
  readonly asked: 'card' | ((plan: Plan, request: OpenRequest) => Message | undefined);
  /** What was approved has been carried out. */
  reply(result: Outcome & Result, request: Request): Reply;
}

/** Whether a command asks for approval, and how its requests are shown: while they are open, and when they were carried out. */
export interface Approvable {
  readonly kind: ApprovalKind;
  /** What the message of an open request shows with these approvers; undefined where no message does. */
  asked(approval: Approval, from: readonly Approver[]): Message | undefined;
  /** Undefined for what another kind carried out. */
  reply(outcome: Outcome, request: Request): Reply | undefined;
  /** How far it is; undefined for what another kind reports. */
  progress(report: object): Message | undefined;
}

export function approvable<Plan, Result, Progress>(
  kind: KindOf<Plan, Result, Progress>,
  { asked, reply }: ApprovalViews<Plan, Result>,
  ...[progress]: [Progress] extends [never] ? [] : [(report: Progress) => Message]
): Approvable {
  return {
    kind,
    asked({ id, hash, command, plan, line: shownLine, requestedBy: person, requestedAt: at, expiresAt }, from) {
      if (asked === 'card' || !kind.isPlan(plan)) return undefined;
      return asked(plan, { id, hash, command, shownLine, person, at, expiresAt, from });
    },
    reply: (outcome, request) => (kind.isResult(outcome) ? reply(outcome, request) : undefined),
    progress: (report) => (kind.isProgress(report) ? progress?.(report) : undefined),
  };
}

/** Everything of one command, from what may be typed to how its answer reaches people. */
export interface CommandParts<Args, Result extends object, Progress, Name extends string, By extends keyof Replies> {
  /** What may be typed. */
  readonly spec: CommandSpec<Args, Name>;
  /** What happens, and what that needs. */
  readonly handler: Handler<Args, Result, Progress>;
  /** The ways in which it may answer. */
  readonly delivery: readonly By[];
  /** Gets the arguments of the request with secrets masked. */
  readonly view: (result: Result, request: Request<NoInfer<Args>>) => Replies[By];
  readonly progress: [Progress] extends [never] ? 'none' : LiveView<NoInfer<Args>, Progress>;
  readonly approval: Approvable | 'none';
  readonly opensForm?: OpensForm<NoInfer<Args>>;
}

/**
 * Whether a line answers with a form, by what is typed and stored. Slack takes a form within three seconds, so it is opened
 * by the process that receives the line.
 */
export type OpensForm<Args> = (request: Request<Args>, deps: Deps) => boolean | Promise<boolean>;

/** A command that may answer with a form says when. */
type SaysWhen<By> = 'form' extends By ? { readonly opensForm: unknown } : object;

/** A command as the pipeline and the conversation use it. */
export interface Command extends Runnable<Reply, Message> {
  readonly live: Pick<LiveView<never, never>, 'stands' | 'begins'> | undefined;
  readonly approval: Approvable | undefined;
  /** Whether a line is answered by the process that receives it, where another carries out commands. */
  isInline(line: Line, deps: Deps): Promise<boolean>;
}

/** What answers from the store and the config alone: no host, registry or message of Slack is waited for. */
const QUICK: ReadonlySet<keyof Deps> = new Set(['config', 'kinds', 'log', 'now', 'people', 'redact', 'specs', 'store']);

/** Joins the parts of a command. Leaving any out does not compile. */
export function command<Args, Result extends object, Progress, Name extends string, const By extends keyof Replies>(
  parts: CommandParts<Args, Result, Progress, Name, By> & SaysWhen<By>,
): Command & { readonly parts: CommandParts<Args, Result, Progress, Name, By> } {
  const { spec, handler, view, progress, approval, opensForm } = parts;
  const live: LiveView<Args, Progress> | undefined = progress === 'none' ? undefined : progress;
  return {
    parts,
    spec,
    live,
    approval: approval === 'none' ? undefined : approval,
    async run({ parsed, request }, deps, watching) {
      if (!isOf(parsed, spec)) throw new TypeError(`${parsed.line} is not a line of ${spec.name}`);
      const own: Request<Args> = { ...request, args: parsed.args };
      const shown: Request<Args> = { ...request, args: redactTexts(parsed.args, deps.redact) };
      const result = await handler.run(own, deps, {
        signal: watching.signal,
        unseen: watching.unseen,
        progress: (report) => live && watching.progress(() => live.view(report, shown)),
        early: (early, when) => watching.early(() => view(early, shown), when),
      });
      return { result, reply: () => view(result, shown) };
    },
    async isInline({ parsed, request }, deps) {
      if (handler.needs.every((need) => QUICK.has(need))) return true;
      return opensForm !== undefined && isOf(parsed, spec) && opensForm({ ...request, args: parsed.args }, deps);
    },
  };
}
