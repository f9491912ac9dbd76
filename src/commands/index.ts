import type { CommandSpec } from './define.ts';
import { approve, audit, can, help, hosts, reject, stop, whoami } from './dock.ts';
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
  help,
  hosts,
  can,
  whoami,
  audit,
  approve,
  reject,
  stop,
] as const satisfies readonly CommandSpec[];

export type CommandName = (typeof SPECS)[number]['name'];
