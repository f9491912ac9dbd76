import type { CommandName } from '../commands/index.ts';
import { approve, reject } from './answer.ts';
import { audit, can, help, hosts, stop, whoami } from './dock.ts';
import { images } from './images.ts';
import { logs } from './logs.ts';
import { prune } from './prune.ts';
import { ps } from './ps.ts';
import { pull } from './pull.ts';

/** One handler a command; the compiler asks for it as soon as the command is listed. */
export const handlers = {
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
} satisfies Record<CommandName, unknown>;
