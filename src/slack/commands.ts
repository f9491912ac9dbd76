import type { CommandName } from '../commands/index.ts';
import type { ApprovableName } from '../config/approvals.ts';
import type { ApprovalKinds } from '../handlers/deps.ts';
import type { Command } from './command.ts';
import { auditCommand } from './views/access/audit.ts';
import { canCommand } from './views/access/can.ts';
import { helpCommand } from './views/access/help.ts';
import { homeCommand } from './views/access/home.ts';
import { totpCommand } from './views/access/totp.ts';
import { whoamiCommand } from './views/access/whoami.ts';
import { pruneCommand } from './views/cleanup/prune.ts';
import { cpOutCommand } from './views/containers/cp-out.ts';
import { diffCommand } from './views/containers/diff.ts';
import { execCommand } from './views/containers/exec.ts';
import { inspectCommand } from './views/containers/inspect.ts';
import { logsCommand } from './views/containers/logs.ts';
import { portCommand } from './views/containers/port.ts';
import { psCommand } from './views/containers/ps.ts';
import { runCommand } from './views/containers/run.ts';
import { statsCommand } from './views/containers/stats.ts';
import { topCommand } from './views/containers/top.ts';
import { unfollowCommand } from './views/containers/unfollow.ts';
import { whyCommand } from './views/containers/why.ts';
import { abortCommand } from './views/deploy/abort.ts';
import { approvalsCommand } from './views/deploy/approvals.ts';
import { approveCommand } from './views/deploy/approve.ts';
import { proceedCommand } from './views/deploy/continue.ts';
import { deployCommand } from './views/deploy/deploy.ts';
import { deploymentsCommand } from './views/deploy/deployments.ts';
import { historyCommand } from './views/deploy/history.ts';
import { planCommand } from './views/deploy/plan.ts';
import { rejectCommand } from './views/deploy/reject.ts';
import { rollbackCommand } from './views/deploy/rollback.ts';
import { signCommand } from './views/deploy/sign.ts';
import { grantCommand } from './views/grants/grant.ts';
import { grantsCommand } from './views/grants/grants.ts';
import { dfCommand } from './views/hosts/df.ts';
import { eventsCommand } from './views/hosts/events.ts';
import { hostsCommand } from './views/hosts/hosts.ts';
import { imagesCommand } from './views/images/images.ts';
import { lintCommand } from './views/images/lint.ts';
import { pullCommand } from './views/images/pull.ts';
import { pushCommand } from './views/images/push.ts';
import { scanCommand } from './views/images/scan.ts';
import { searchCommand } from './views/images/search.ts';
import { slimCommand } from './views/images/slim.ts';
import { tagCommand } from './views/images/tag.ts';
import { tagsCommand } from './views/images/tags.ts';
import { killCommand } from './views/lifecycle/kill.ts';
import { pauseCommand } from './views/lifecycle/pause.ts';
import { renameCommand } from './views/lifecycle/rename.ts';
import { restartCommand } from './views/lifecycle/restart.ts';
import { rmCommand } from './views/lifecycle/rm.ts';
import { startCommand } from './views/lifecycle/start.ts';
import { stopCommand } from './views/lifecycle/stop.ts';
import { unpauseCommand } from './views/lifecycle/unpause.ts';
import { updateCommand } from './views/lifecycle/update.ts';
import { askCommand } from './views/locks/ask.ts';
import { lockCommand } from './views/locks/lock.ts';
import { locksCommand } from './views/locks/locks.ts';
import { unlockCommand } from './views/locks/unlock.ts';
import { loginCheckCommand } from './views/registries/login-check.ts';
import { registriesCommand } from './views/registries/registries.ts';
import { statusCommand } from './views/replicas/status.ts';

const APPROVABLE = {
  prune: pruneCommand,
  deploy: deployCommand,
  rollback: rollbackCommand,
  start: startCommand,
  stop: stopCommand,
  restart: restartCommand,
  kill: killCommand,
  pause: pauseCommand,
  unpause: unpauseCommand,
  update: updateCommand,
  rename: renameCommand,
  rm: rmCommand,
  grant: grantCommand,
  tag: tagCommand,
  push: pushCommand,
} satisfies Record<ApprovableName, Command>;

/** Every command; the compiler asks for each that `commands/index.ts` lists. */
export const COMMANDS = {
  ...APPROVABLE,
  images: imagesCommand,
  pull: pullCommand,
  slim: slimCommand,
  search: searchCommand,
  tags: tagsCommand,
  scan: scanCommand,
  lint: lintCommand,
  ps: psCommand,
  logs: logsCommand,
  run: runCommand,
  exec: execCommand,
  'cp-out': cpOutCommand,
  grants: grantsCommand,
  why: whyCommand,
  stats: statsCommand,
  inspect: inspectCommand,
  top: topCommand,
  port: portCommand,
  diff: diffCommand,
  lock: lockCommand,
  unlock: unlockCommand,
  locks: locksCommand,
  ask: askCommand,
  history: historyCommand,
  deployments: deploymentsCommand,
  approvals: approvalsCommand,
  plan: planCommand,
  help: helpCommand,
  home: homeCommand,
  hosts: hostsCommand,
  df: dfCommand,
  events: eventsCommand,
  registries: registriesCommand,
  'login-check': loginCheckCommand,
  status: statusCommand,
  can: canCommand,
  whoami: whoamiCommand,
  audit: auditCommand,
  approve: approveCommand(Object.values(APPROVABLE).flatMap(({ approval }) => approval ?? [])),
  reject: rejectCommand,
  abort: abortCommand,
  continue: proceedCommand,
  sign: signCommand,
  totp: totpCommand,
  unfollow: unfollowCommand,
} satisfies Record<CommandName, Command>;

/** The same for the pipeline, which knows them by what was typed. */
export const BY_NAME: ReadonlyMap<string, Command> = new Map(Object.entries(COMMANDS));

/** What can be approved, by the command that asks for it. */
export const APPROVAL_KINDS: ApprovalKinds = new Map(
  [...BY_NAME].flatMap(([name, { approval }]) => (approval ? [[name, approval.kind]] : [])),
);
