import type { CommandName } from '../commands/index.ts';
import { approve, reject } from './answer.ts';
import { abort, proceed, sign } from './deploy/control.ts';
import { deploy, rollback } from './deploy.ts';
import { audit, can, help, hosts, stop, whoami } from './dock.ts';
import { home } from './home.ts';
import { images } from './images.ts';
import { ask, lock, locks, unlock } from './locks.ts';
import { logs } from './logs.ts';
import { prune } from './prune.ts';
import { ps } from './ps.ts';
import { pull } from './pull.ts';
import { approvals, deployments, history, plan } from './records.ts';
import { totp } from './totp.ts';

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
