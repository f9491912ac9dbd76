import type { CommandName } from '../commands/index.ts';
import { audit } from './access/audit.ts';
import { can } from './access/can.ts';
import { help } from './access/help.ts';
import { home } from './access/home.ts';
import { totp } from './access/totp.ts';
import { whoami } from './access/whoami.ts';
import { approve, reject } from './approval/answer.ts';
import { prune } from './cleanup/prune.ts';
import { logs } from './containers/logs.ts';
import { ps } from './containers/ps.ts';
import { stop } from './containers/stop.ts';
import { abort } from './deploy/abort.ts';
import { approvals } from './deploy/approvals.ts';
import { proceed } from './deploy/continue.ts';
import { deploy } from './deploy/deploy.ts';
import { deployments } from './deploy/deployments.ts';
import { history } from './deploy/history.ts';
import { plan } from './deploy/plan.ts';
import { rollback } from './deploy/rollback.ts';
import { sign } from './deploy/sign.ts';
import { hosts } from './hosts/hosts.ts';
import { images } from './images/images.ts';
import { pull } from './images/pull.ts';
import { ask } from './locks/ask.ts';
import { lock } from './locks/lock.ts';
import { locks } from './locks/locks.ts';
import { unlock } from './locks/unlock.ts';

/** One handler a command; the compiler asks for it as soon as the command is listed. */
export const handlers = {
  images,
  pull,
  ps,
  logs,
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
  can,
  whoami,
  audit,
  approve,
  reject,
  abort,
  continue: proceed,
  sign,
  totp,
  stop,
} satisfies Record<CommandName, unknown>;
