import type { KnownBlock } from '@slack/types';
import { status } from '../../../commands/replicas/status.ts';
import { sayDuration } from '../../../domain/duration.ts';
import type { ReplicaRow } from '../../../handlers/replicas/facts.ts';
import type { StatusProblem } from '../../../handlers/replicas/problems.ts';
import { status as handler, type StatusResult } from '../../../handlers/replicas/status.ts';
import type { Request } from '../../../handlers/request.ts';
import { cut } from '../../../text/cut.ts';
import { named } from '../../../text/names.ts';
import { context, type Message, section } from '../../block-kit/message.ts';
import { inline, plain, plural } from '../../block-kit/text.ts';
import { command } from '../../command.ts';
import { answer } from '../../reply/reply.ts';
import { type Column, closing, pageAndShare, rowsTable } from '../parts/over-hosts.ts';

/** Rows that a table of Slack takes, and a person reads. */
const MOST_ROWS = 50;
const MOST_NAMES = 300;

export function statusView(result: StatusResult, request: Request): Message {
  const { replicas, problems } = result;
  const verdict = verdictOf(result);
  const now = (ms: number) => (ms < 1000 ? '' : sayDuration(ms));
  const columns: readonly Column<ReplicaRow>[] = [
    { head: 'REPLICA', of: ({ name, isSelf }) => cut(isSelf ? `${name} (answers)` : name, 80) },
    { head: 'ROLE', of: ({ role }) => (role === 'both' ? 'receiver, worker' : role) },
    { head: 'VERSION', of: ({ version }) => cut(version, 40) },
    { head: 'UP', of: ({ startedAt }) => sayDuration(Math.max(0, result.at - startedAt)) },
    { head: 'STATE', of: ({ isAlive, silentMs }) => (isAlive ? 'alive' : `silent ${now(silentMs)}`.trim()) },
    { head: 'DEPLOYS', of: ({ deployments }) => `${deployments}` },
  ];
  const rest = replicas.length - MOST_ROWS;
  return {
    text: plain(verdict),
    blocks: [
      section(`${problems.length === 0 ? ':white_check_mark:' : ':warning:'} *${plain(verdict)}*`),
      ...rowsTable(columns, replicas.slice(0, MOST_ROWS), {}),
      ...(rest > 0 ? [context(`… and ${plural(rest, 'more replica')}`)] : []),
      ...problems.slice(1).map((problem) => context(`:warning: ${plain(PROBLEMS[problem](result))}`)),
      section(queueOf(result)),
      ...functionsOf(result),
      context(`${databaseOf(result)} · ${slackOf(result)}`),
      ...closing([], result),
      ...pageAndShare(request),
    ],
  };
}

/** The first line: the worst problem, or that all is well. */
function verdictOf(result: StatusResult): string {
  const [worst] = result.problems;
  if (worst !== undefined) return PROBLEMS[worst](result);
  const { length } = result.replicas;
  const running = length === 0 ? 'The functions run' : `All ${length} replicas are alive`;
  const alive = length === 1 ? 'The only replica is alive' : running;
  const waits = waiting(result);
  return `${alive}; ${waits.length === 0 ? 'nothing waits' : waits.join(', ')}`;
}

const PROBLEMS: Readonly<Record<StatusProblem, (result: StatusResult) => string>> = {
  'none-alive': () => 'No replica is running: nothing is received and nothing is carried out',
  silent({ replicas }) {
    const silent = replicas.filter(({ isAlive }) => !isAlive);
    const who = named(
      silent.map(({ name }) => name),
      MOST_NAMES,
    );
    return `${silent.length} of ${plural(replicas.length, 'replica')} ${silent.length === 1 ? 'is' : 'are'} silent: ${who}`;
  },
  'schedule-late'({ functions }) {
    const schedule = functions.find(({ kind }) => kind === 'schedule');
    const since = schedule ? `for ${sayDuration(schedule.agoMs)}` : 'within a day';
    return `The schedule function has not run ${since}: expiries, reminders and interrupted work wait`;
  },
  'jobs-late': ({ jobs }) =>
    `${plural(jobs.count, 'request')} ${jobs.count === 1 ? 'waits' : 'wait'} for the worker function, the oldest for ${sayDuration(jobs.oldestMs ?? 0)}`,
  'no-worker': () => 'No worker is running: approved deployments wait',
  'no-receiver': () => 'No receiver is running: Slack reaches nobody',
  'messages-late': ({ outbox }) =>
    `${plural(outbox.count, 'message')} for Slack ${outbox.count === 1 ? 'waits' : 'wait'}, the oldest for ${sayDuration(outbox.oldestMs ?? 0)}`,
  'slack-lost': ({ slack }) =>
    `This replica has had no connection to Slack for ${sayDuration(slack.state?.forMs ?? 0)}; it keeps trying`,
  'clock-differs': ({ database: { aheadMs } }) =>
    `The clock of the replica that answers is ${sayDuration(Math.abs(aheadMs))} ${aheadMs < 0 ? 'behind' : 'ahead of'} the database’s, whose time is used; set it right`,
  'different-configs'({ replicas }) {
    const others = replicas.filter(({ isAlive, hasOwnConfig }) => isAlive && !hasOwnConfig).map(({ name }) => name);
    return `Two replicas have different configs: ${named(others, MOST_NAMES)} ${others.length === 1 ? 'differs' : 'differ'} from the one that answers`;
  },
  'different-versions'({ replicas }) {
    const versions = [...new Set(replicas.filter(({ isAlive }) => isAlive).map(({ version }) => version))];
    return `Replicas have different versions: ${named(versions, MOST_NAMES)}. That is as it should be during an upgrade only`;
  },
};

function waiting({ deployments, approvals, jobs, outbox, outdatedCards }: StatusResult): string[] {
  const count = (state: string) => deployments.filter((one) => one.state === state).length;
  const [running, queued] = [count('running'), count('queued')];
  return [
    ...(running > 0 ? [`${plural(running, 'deployment')} under way`] : []),
    ...(queued > 0 ? [`${plural(queued, 'deployment')} queued`] : []),
    ...(jobs.count > 0 ? [`${plural(jobs.count, 'request')} for the worker function`] : []),
    ...(approvals > 0 ? [`${plural(approvals, 'request')} for approval`] : []),
    ...(outdatedCards > 0 ? [`${plural(outdatedCards, 'outdated card')}`] : []),
    ...(outbox.count > 0 ? [`${plural(outbox.count, 'message')} for Slack`] : []),
  ];
}

function queueOf(result: StatusResult): string {
  const { deployments, outbox } = result;
  const waits = waiting(result);
  const oldest = outbox.oldestMs === undefined ? '' : ` (the oldest for ${sayDuration(outbox.oldestMs)})`;
  const carried = deployments
    .slice(0, MOST_SHOWN)
    .map(({ service, state, by }) =>
      [
        `• ${service === undefined ? 'a service not shown here' : inline(service)}`,
        state === 'queued' ? 'queued' : by === undefined ? 'waits for a worker' : `on ${inline(by)}`,
      ].join(': '),
    );
  const more = deployments.length - MOST_SHOWN;
  return [
    `*Queue:* ${waits.length === 0 ? 'empty' : waits.join(' · ')}${oldest}`,
    ...carried,
    ...(more > 0 ? [`… and ${plural(more, 'more deployment')}`] : []),
  ].join('\n');
}

const MOST_SHOWN = 10;

function functionsOf({ functions }: StatusResult): KnownBlock[] {
  if (functions.length === 0) return [];
  const ago = (ms: number) => (ms < 1000 ? 'now' : `${sayDuration(ms)} ago`);
  const called = functions.map(({ kind, agoMs }) => `${kind} called ${ago(agoMs)}`);
  return [context(`Functions: ${called.join(' · ')}`)];
}

const databaseOf = ({ database }: StatusResult) => `${database.software} answered in ${database.ms} ms`;

const KINDS = { 'socket-mode': 'Socket Mode', http: 'HTTP' } as const;

function slackOf({ functions, slack: { kind, state } }: StatusResult): string {
  if (kind === 'none' && functions.length > 0) return 'Slack calls the front function';
  if (kind === 'none') return 'Slack sends nothing to the process that answers';
  if (!state) return `Slack (${KINDS[kind]}): not connected yet`;
  return `Slack (${KINDS[kind]}): ${state.isOpen ? 'connected' : 'disconnected'} for ${sayDuration(state.forMs)}`;
}

export const statusCommand = command({
  spec: status,
  handler,
  delivery: ['message'],
  view: (result, request) => answer(statusView(result, request)),
  progress: 'none',
  approval: 'none',
});
