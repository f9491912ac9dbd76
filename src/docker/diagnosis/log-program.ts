import { code } from '../../domain/errors.ts';
import type { LogRule } from './log-rule.ts';
import { first } from './rule.ts';

/** What the program says of itself: the least specific. */
export const LOG_PROGRAM_RULES: readonly LogRule[] = [
  {
    id: 'command-not-found',
    patterns: [
      /(?:^|sh|bash|entrypoint\S{0,40}|line \d{1,6}|\d): (?:line \d{1,6}: |\d{1,6}: )?([\w./-]{1,200}): (?:command )?not found\s*$/iu,
    ],
    say: (found) => ({
      sentence: `Its script calls ${code(first(found))}, which the image does not have.`,
      advice: 'Install it in the image, or check PATH and the spelling.',
    }),
  },
  {
    id: 'started-as-root',
    patterns: [
      /(?:must|should|can) ?not be (?:run|started|executed) as root|refusing to (?:run|start) as root|root.{0,30}not (?:permitted|allowed|recommended)/iu,
    ],
    say: () => ({
      sentence: 'The program refuses to run as root.',
      advice: 'Start it with a user of the image: --user.',
    }),
  },
  {
    id: 'terminal-missing',
    patterns: [/not a (?:tty|terminal)|no tty present|inappropriate ioctl for device|input device is not a TTY/iu],
    say: () => ({
      sentence: 'The program needs a terminal, and has none here.',
      advice: 'Start it with -t, or in its mode for services.',
    }),
  },
  {
    id: 'segmentation-fault',
    patterns: [/segmentation fault|SIGSEGV|core dumped/iu],
    say: () => ({
      sentence: 'The program crashed with a segmentation fault.',
      advice: 'Report it to those who make it, with the end of its log; try another version.',
    }),
  },
  {
    id: 'program-error',
    patterns: [
      /^(?:\S{0,40} )?(panic: .{1,200}|Traceback \(most recent call last\)|Unhandled (?:exception|rejection).{0,200}|Exception in thread .{1,200}|Uncaught .{1,200}|fatal error: .{1,200}|thread '.{1,60}' panicked at .{1,200}|PHP Fatal error: .{1,200}|[A-Z]\w{1,60}(?:Error|Exception): .{1,200})/u,
    ],
    say: (found) => ({
      sentence: `The program crashed with an error of its own: ${code(first(found))}`,
      advice: 'See the stack trace in its log; go back to the version before if it came with a deploy.',
    }),
  },
];
