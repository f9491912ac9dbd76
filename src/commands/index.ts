import { audit } from './access/audit.ts';
import { can } from './access/can.ts';
import { help } from './access/help.ts';
import { home } from './access/home.ts';
import { totp } from './access/totp.ts';
import { whoami } from './access/whoami.ts';
import { prune } from './cleanup/prune.ts';
import { cpOut } from './containers/cp-out.ts';
import { diff } from './containers/diff.ts';
import { exec } from './containers/exec.ts';
import { inspect } from './containers/inspect.ts';
import { logs } from './containers/logs.ts';
import { port } from './containers/port.ts';
import { ps } from './containers/ps.ts';
import { run } from './containers/run.ts';
import { stats } from './containers/stats.ts';
import { top } from './containers/top.ts';
import { unfollow } from './containers/unfollow.ts';
import { why } from './containers/why.ts';
import { abort } from './deploy/abort.ts';
import { approvals } from './deploy/approvals.ts';
import { approve } from './deploy/approve.ts';
import { proceed } from './deploy/continue.ts';
import { deploy } from './deploy/deploy.ts';
import { deployments } from './deploy/deployments.ts';
import { history } from './deploy/history.ts';
import { plan } from './deploy/plan.ts';
import { reject } from './deploy/reject.ts';
import { rollback } from './deploy/rollback.ts';
import { sign } from './deploy/sign.ts';
import { grant } from './grants/grant.ts';
import { grants } from './grants/grants.ts';
import { df } from './hosts/df.ts';
import { events } from './hosts/events.ts';
import { hosts } from './hosts/hosts.ts';
import { images } from './images/images.ts';
import { lint } from './images/lint.ts';
import { pull } from './images/pull.ts';
import { push } from './images/push.ts';
import { scan } from './images/scan.ts';
import { search } from './images/search.ts';
import { slim } from './images/slim.ts';
import { tag } from './images/tag.ts';
import { tags } from './images/tags.ts';
import type { CommandSpec } from './language/define.ts';
import { kill } from './lifecycle/kill.ts';
import { pause } from './lifecycle/pause.ts';
import { rename } from './lifecycle/rename.ts';
import { restart } from './lifecycle/restart.ts';
import { rm } from './lifecycle/rm.ts';
import { start } from './lifecycle/start.ts';
import { stop } from './lifecycle/stop.ts';
import { unpause } from './lifecycle/unpause.ts';
import { update } from './lifecycle/update.ts';
import { ask } from './locks/ask.ts';
import { lock } from './locks/lock.ts';
import { locks } from './locks/locks.ts';
import { unlock } from './locks/unlock.ts';
import { loginCheck } from './registries/login-check.ts';
import { registries } from './registries/registries.ts';
import { status } from './replicas/status.ts';

/** Everything that can be said, in the order help shows it. */
export const SPECS = [
  images,
  pull,
  slim,
  search,
  tags,
  scan,
  tag,
  push,
  lint,
  ps,
  logs,
  why,
  stats,
  inspect,
  top,
  port,
  diff,
  start,
  stop,
  restart,
  kill,
  pause,
  unpause,
  update,
  rename,
  rm,
  run,
  exec,
  cpOut,
  grant,
  grants,
  prune,
  deploy,
  rollback,
  lock,
  unlock,
  locks,
  ask,
  history,
  deployments,
  approvals,
  plan,
  help,
  home,
  hosts,
  df,
  events,
  registries,
  loginCheck,
  status,
  can,
  whoami,
  audit,
  approve,
  reject,
  abort,
  proceed,
  sign,
  totp,
  unfollow,
] as const satisfies readonly CommandSpec[];

export type CommandName = (typeof SPECS)[number]['name'];
