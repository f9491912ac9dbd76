import { flagOf, type Instruction } from '../model.ts';
import type { Command } from '../shell/commands.ts';
import { hasAny } from './package-commands.ts';
import { before, type Found, ofInstructions, type Placed, type Rule, type Subject } from './rule.ts';

const RUN = ['RUN'];
const NOT_FOR_BUILDS = new Set(['ssh', 'vim', 'shutdown', 'service', 'ps', 'free', 'top', 'kill', 'mount', 'ifconfig']);

const uses =
  (test: (command: Command) => boolean) =>
  ({ instruction }: Placed): boolean =>
    instruction.shell.commands.some(test);

const ofCommands = (id: string, severity: Rule['severity'], says: string, test: (command: Command) => boolean): Rule =>
  ofInstructions({ id, severity, on: RUN, says, isBroken: uses(test) });

/** The options of `set` and of SHELL by which a pipe fails with any of its commands. */
const PIPEFAIL = /pipefail/u;

function hasPipefail(placed: Placed): boolean {
  const shell = before(placed).findLast(({ keyword }) => keyword === 'SHELL');
  const [first] = placed.instruction.shell.commands;
  return (
    shell?.json?.some((word) => PIPEFAIL.test(word)) === true ||
    (first?.program === 'set' && first.args.some(({ text }) => PIPEFAIL.test(text)))
  );
}

/** Whether two RUNs in a row could be one. */
export function canFollow(first: Instruction, second: Instruction, subject: Subject): boolean {
  const flags = (one: Instruction) => one.flags.map(({ text }) => text).join(' ');
  const isSimple = ({ keyword, json, heredocs, shell }: Instruction) =>
    keyword === 'RUN' && !json && heredocs.length === 0 && shell.commands.length > 0 && shell.commands.length <= 2;
  const hasComment = subject.file.comments.some(({ line }) => line > first.lastLine && line < second.line);
  return isSimple(first) && isSimple(second) && flags(first) === flags(second) && !hasComment;
}

function consecutive(subject: Subject): Found[] {
  return subject.file.instructions.flatMap((second, at, all) => {
    const first = all[at - 1];
    if (!first || !canFollow(first, second, subject)) return [];
    return [{ line: second.line, says: 'Two RUNs in a row make two layers: join them with `&&`.' }];
  });
}

/** The first line of a stage where the second of the two programs comes. */
function bothDownloaders({ file }: Subject): Found[] {
  return file.stages.flatMap(({ instructions }) => {
    const seen = new Set<string>();
    for (const { keyword, line, shell } of instructions) {
      if (keyword !== 'RUN') continue;
      for (const { program } of shell.commands) if (program === 'wget' || program === 'curl') seen.add(program);
      if (seen.size > 1) return [{ line, says: 'Both wget and curl are used: one of them is enough.' }];
    }
    return [];
  });
}

/** A list of one word or more; `[ "$x" = y ]` is a test of the shell. */
const LIST = /^\[\s*(?:"[^"]*"|'[^']*')\s*[,\]]/u;
const ALMOST_LIST = /^\[\s*["']/u;
const LIST_OF_WORDS = new Set(['CMD', 'ENTRYPOINT', 'SHELL', 'VOLUME', 'COPY', 'ADD', 'RUN']);

/** The command of a HEALTHCHECK is in words where a list can say the same. */
const needsShell = ({ shell }: Instruction) =>
  shell.tokens.some((token) => 'operator' in token) || shell.commands.length !== 1;

/** What a shell makes of RUN, CMD and ENTRYPOINT. */
export const SHELL_RULES: readonly Rule[] = [
  ofCommands('DL3001', 'info', 'This program makes no sense in a build.', ({ program }) => NOT_FOR_BUILDS.has(program)),
  ofCommands('DL3003', 'warning', '`cd` counts in this RUN only: use WORKDIR.', ({ program }) => program === 'cd'),
  ofCommands('DL3004', 'error', 'A build runs as root already: leave `sudo` out.', ({ hasSudo }) => hasSudo),
  ofCommands(
    'DL3046',
    'warning',
    'A high user id makes a huge log file: add `-l` to useradd.',
    (command) =>
      command.program === 'useradd' &&
      !hasAny(command, '-l', '--no-log-init') &&
      command.args.some(
        ({ text }, at) => /^\d{6,}$/u.test(text) && /^(?:-\w*u|--uid)$/u.test(command.args[at - 1]?.text ?? ''),
      ),
  ),
  ofCommands(
    'DL3047',
    'info',
    'wget fills the log of the build: add `--progress=dot:giga`, or `-nv`.',
    (command) =>
      command.program === 'wget' &&
      !hasAny(
        command,
        '--progress',
        '-q',
        '--quiet',
        '-nv',
        '--no-verbose',
        '-o',
        '--output-file',
        '-a',
        '--append-output',
      ),
  ),
  { id: 'DL3059', severity: 'info', find: consecutive },
  { id: 'DL4001', severity: 'warning', find: bothDownloaders },
  ofCommands(
    'DL4005',
    'warning',
    'The default shell is changed by a link: use SHELL.',
    ({ program, args }) => program === 'ln' && args.at(-1)?.text === '/bin/sh',
  ),
  ofInstructions({
    id: 'DL4006',
    severity: 'warning',
    on: RUN,
    says: 'Only the last command of a pipe can fail: set `SHELL ["/bin/bash", "-o", "pipefail", "-c"]` before.',
    isBroken: (placed) => uses(({ isPiped }) => isPiped)(placed) && !hasPipefail(placed),
  }),
  ofInstructions({
    id: 'DL3025',
    severity: 'warning',
    on: ['CMD', 'ENTRYPOINT', 'HEALTHCHECK'],
    says: 'A shell stands between Docker and the program, which gets no signals: write a list, `["program", "argument"]`.',
    isBroken: ({ instruction }) =>
      instruction.json === undefined &&
      instruction.words.length > 0 &&
      (instruction.keyword !== 'HEALTHCHECK' ||
        (/^CMD\s+[^[\s]/iu.test(instruction.body.text) && !needsShell(instruction))),
  }),
  ofInstructions({
    id: 'FL4001',
    severity: 'error',
    on: ['RUN', 'CMD', 'ENTRYPOINT'],
    says: 'A quote is never closed.',
    isBroken: ({ instruction }) => instruction.shell.unclosed !== undefined,
  }),
  {
    id: 'FL4002',
    severity: 'error',
    find: ({ file }) =>
      file.instructions.flatMap(({ keyword, json, body, line }) =>
        LIST_OF_WORDS.has(keyword) && json === undefined && (keyword === 'RUN' ? LIST : ALMOST_LIST).test(body.text)
          ? [
              {
                line,
                says: 'This list is not JSON, so a shell gets it as it is: use double quotes, and commas between.',
              },
            ]
          : [],
      ),
  },
  ofInstructions({
    id: 'FL4003',
    severity: 'warning',
    on: ['CMD', 'ENTRYPOINT', 'RUN'],
    says: 'No shell reads a list, so the variable in it is not replaced: run a shell, or write the value.',
    isBroken: ({ instruction: { json } }) =>
      json !== undefined &&
      !/(?:^|\/)(?:ba|a|da|z|k)?sh$|cmd|powershell|pwsh/iu.test(json[0] ?? '') &&
      json.some((word) => /\$(?:[A-Za-z_]|\{[A-Za-z_])/u.test(word)),
  }),
  ofInstructions({
    id: 'FL1002',
    severity: 'warning',
    on: RUN,
    says: 'Deleted in a later layer, the files still weigh in the earlier one: delete them in the RUN that made them.',
    isBroken: (placed) =>
      isCleanup(placed.instruction) &&
      before(placed).some(
        ({ keyword, stage, shell }) =>
          keyword === 'RUN' && stage === placed.instruction.stage && shell.commands.length > 0,
      ),
  }),
];

const CACHES = /^(?:\/var\/(?:lib\/apt|cache)|\/tmp\/|\/root\/\.(?:cache|npm|m2|gradle|cargo)|~\/\.(?:cache|npm|m2))/u;

/** Whether a RUN does nothing but delete caches. */
function isCleanup(instruction: Instruction): boolean {
  const { commands } = instruction.shell;
  return (
    flagOf(instruction, 'mount') === undefined &&
    commands.length > 0 &&
    commands.every(({ program, args }) => {
      const [verb] = args.map(({ text }) => text);
      if (program === 'rm')
        return args.filter(({ text }) => !text.startsWith('-')).every(({ text }) => CACHES.test(text));
      if (/^(?:apt-get|yum|dnf|microdnf|zypper)$/u.test(program)) return verb === 'clean' || verb === 'autoclean';
      return /^(?:npm|yarn|pip3?)$/u.test(program) && verb === 'cache';
    })
  );
}
