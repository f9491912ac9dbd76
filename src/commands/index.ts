import type { CommandSpec } from './define.ts';
import { deploy, rollback } from './deploy.ts';
import {
  abort,
  approvals,
  ask,
  deployments,
  history,
  lock,
  locks,
  plan,
  proceed,
  sign,
  totp,
  unlock,
} from './deployments.ts';
import { approve, audit, can, help, home, hosts, reject, stop, whoami } from './dock.ts';
import { images } from './images.ts';
import { logs } from './logs.ts';
import { prune } from './prune.ts';
import { ps } from './ps.ts';
import { pull } from './pull.ts';

/** Everything that can be said, in the order help shows it. */
export const SPECS = [
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
  proceed,
  sign,
  totp,
  stop,
] as const satisfies readonly CommandSpec[];

export type CommandName = (typeof SPECS)[number]['name'];
