import type { AnswerArgs } from '../commands/deploy/approve.ts';
import type { CommandSpec } from '../commands/language/define.ts';
import type { Config } from '../config.ts';
import type { Hosts } from '../docker/limits/hosts.ts';
import type { Limits } from '../docker/limits/limits.ts';
import type { Spending } from '../domain/budget.ts';
import type { Observer } from '../observe.ts';
import type { Membership } from '../policy/people.ts';
import type { Redact } from '../policy/redact.ts';
import type { Proofs } from '../proof/proofs.ts';
import type { Registries } from '../registry/client.ts';
import type { Tags } from '../registry/tags.ts';
import type { Scans } from '../scanner/scans.ts';
import type { Sources } from '../sources/sources.ts';
import type { Approval } from '../store/approvals.ts';
import type { Store } from '../store/store.ts';
import type { Log } from '../telemetry.ts';
import type { Timeouts } from './containers/program/timeouts.ts';
import type { Runner } from './deployment-runner.ts';
import type { Live } from './live.ts';
import type { ReplicaWatch, SlackConnection } from './replicas/seen.ts';
import type { Request, Run } from './request.ts';

/** Everything a handler may need. Only the composition root and the pipeline know all of it. */
export interface Deps {
  readonly config: Config;
  readonly specs: readonly CommandSpec[];
  readonly kinds: ApprovalKinds;
  readonly hosts: Hosts;
  readonly limits: Limits;
  readonly store: Store;
  readonly tags: Tags;
  readonly sources: Sources;
  readonly registries: Registries;
  /** Undefined where the config has no scanner. */
  readonly scans: Scans | undefined;
  readonly proofs: Proofs;
  readonly live: Live;
  readonly timeouts: Timeouts;
  readonly redact: Redact;
  readonly people: PeopleReader;
  readonly board: Board;
  readonly runner: Runner;
  readonly replicas: ReplicaWatch;
  readonly slack: SlackConnection;
  readonly budget: Budget;
  readonly log: Log;
  readonly observer: Observer;
  now(): number;
}

/** How many commands each person may give. */
export interface Budget {
  /** Takes one command from a person's budget, or returns how long to wait. */
  spend(person: string): Promise<Spending>;
}

/** The cards of deploys, and the messages that ask for other approvals: they outlive a request. What is said in their threads, and direct messages: `store.outbox`. */
export interface Board {
  /** Posts a card for the first time. Throws a `UserError` when it cannot be. */
  post(id: string, place: { readonly channel: string; readonly thread?: string | undefined }): Promise<void>;
  /** A card's state changed: it is drawn again soon, and not more often than Slack takes; with `now`, at once. */
  changed(id: string, now?: boolean): void;
}

/** Reads who is where. Never rejects. */
export interface PeopleReader {
  /** What cannot be read is in `unreadable`. */
  membership(person: string, groups: readonly string[]): Promise<Membership>;
  /** Everybody in a group of the config; undefined when it could not be read. */
  members(group: string): Promise<ReadonlySet<string> | undefined>;
  /** The channels a person is in, as far as the bot may know; undefined when Slack does not say. */
  channels(person: string): Promise<ReadonlySet<string> | undefined>;
}

/** How a kind of approval is answered. */
export interface KindTraits {
  /** Whether yeses of several people are collected, or one has to satisfy every rule. */
  readonly votes: 'many' | 'one';
  /** Where a request is shown: on a card that is kept up to date, or in the message with the preview. */
  readonly card: 'own' | 'message';
  /** Whether it can be done without approval, to be reviewed later. */
  readonly breakGlass: boolean;
}

/** What the kinds of approvals need to be judged and carried out. */
export type ApprovalDeps = Pick<
  Deps,
  | 'board'
  | 'config'
  | 'hosts'
  | 'live'
  | 'log'
  | 'now'
  | 'people'
  | 'redact'
  | 'registries'
  | 'runner'
  | 'specs'
  | 'store'
>;

/** The result of an approval that was carried out, beside what its kind has to show. */
export interface Outcome {
  readonly kind: string;
  /** For the audit log. */
  readonly audit: string;
}

/** What was approved is being carried out. */
export interface Underway extends Outcome {
  readonly kind: 'underway';
  /** As a verb: `push shop:1.4.0 from web-1`. */
  readonly what: string;
  readonly requestedBy: string;
}

/** The same with the type of its plan closed over. A plan that is not one of its kind throws a `UserError`. */
export interface ApprovalKind extends KindTraits {
  subject(approval: Pick<Approval, 'plan'>): string;
  describe(approval: Pick<Approval, 'plan'>): string;
  revalidate(approval: Approval, request: Request<AnswerArgs>, deps: ApprovalDeps): Promise<void>;
  carryOut(yes: Yes, request: Request<AnswerArgs>, deps: ApprovalDeps, run: Run<object, Underway>): Promise<Outcome>;
}

export interface Yes {
  readonly approval: Approval;
  readonly proof: string;
}

/** Kinds by the command that asks. */
export type ApprovalKinds = ReadonlyMap<string, ApprovalKind>;
