import { z } from 'zod';
import { text } from './fields.ts';

/** Bits of Go's FileMode that make a file something else than a regular one. */
const FOLDER = 31;
const LINK = 27;
const OTHERS = [26, 25, 24, 21, 19];

const has = (mode: number, bit: number) => Math.floor(mode / 2 ** bit) % 2 === 1;

function kindOf(mode: number): 'file' | 'folder' | 'link' | 'other' {
  if (has(mode, FOLDER)) return 'folder';
  if (has(mode, LINK)) return 'link';
  return OTHERS.some((bit) => has(mode, bit)) ? 'other' : 'file';
}

/** What is at a path of a container. `linkTarget` is where a link leads, as far as the engine says. */
export const PathStat = z
  .object({ name: text, size: z.number().min(0), mode: z.number().min(0), linkTarget: text })
  .transform(({ name, size, mode, linkTarget }) => ({ name, size, kind: kindOf(mode), linkTarget }));
export type PathStatOf = z.infer<typeof PathStat>;
