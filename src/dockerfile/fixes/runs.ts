import { posix } from 'node:path';
import { chainOf, type Dockerfile, type Instruction } from '../model.ts';
import { isWord } from '../shell/tokens.ts';
import { brokenAt, type Draft, type Edit, type Fix, insert } from './fix.ts';
import { workdirAt } from './instructions.ts';
import { canAppend } from './packages.ts';

const LASTING = /^(?:cd|pushd|export|set|shopt|source|\.|exit|exec|umask|alias|unset|trap|return|)$/u;

/** Whether a RUN does the same behind `&&`: nothing in it goes on after a failure. */
const isChain = ({ shell }: Instruction) =>
  shell.tokens.every((token) => isWord(token) || ['&&', '|', '|&', '>'].includes(token.operator));

/** Whether the second RUN can be the end of the first, in one layer and one shell. */
function canJoin(first: Instruction, second: Instruction, file: Dockerfile): boolean {
  const flags = ({ flags }: Instruction) => flags.map(({ text }) => text).join(' ');
  return (
    first.keyword === 'RUN' &&
    first.shell.commands.length > 0 &&
    first.shell.commands.every(({ program }) => !LASTING.test(program)) &&
    canAppend(first) &&
    canAppend(second) &&
    isChain(second) &&
    flags(first) === flags(second) &&
    !file.comments.some(({ line }) => line > first.lastLine && line < second.line)
  );
}

/** RUNs joined with those before them; each is in one pair a turn. */
function joinRuns({ file, findings }: Draft, rules: readonly string[]): Edit[] {
  const lines = new Set(findings.filter(({ rule }) => rules.includes(rule)).map(({ line }) => line));
  let taken = -1;
  return file.instructions.flatMap((second, at, all): Edit[] => {
    const first = all[at - 1];
    if (!first || at - 1 <= taken || !lines.has(second.line) || !canJoin(first, second, file)) return [];
    taken = at;
    return [{ start: first.body.end, end: second.body.start, text: ` ${file.escapeMark}\n    && ` }];
  });
}

/** An update of the package lists joins the install that follows it. */
function joinUpdates({ file, findings }: Draft): Edit[] {
  const lines = new Set(findings.filter(({ rule }) => rule === 'FL1003').map(({ line }) => line));
  return file.instructions.flatMap((first, at, all): Edit[] => {
    const second = all[at + 1];
    if (second?.keyword !== 'RUN' || !lines.has(first.line) || !canJoin(first, second, file)) return [];
    return [{ start: first.body.end, end: second.body.start, text: ` ${file.escapeMark}\n    && ` }];
  });
}

/** Images that are known to have bash. */
const WITH_BASH =
  /(?:^|\/)(?:debian|ubuntu|node|python|ruby|golang|rust|php|perl|openjdk|eclipse-temurin|maven|gradle|buildpack-deps|centos|rockylinux|almalinux|fedora|amazonlinux)(?:[:@]|$)/u;

function pipefailFor(image: string): string | undefined {
  if (/alpine/u.test(image)) return 'SHELL ["/bin/ash", "-eo", "pipefail", "-c"]';
  return WITH_BASH.test(image) ? 'SHELL ["/bin/bash", "-o", "pipefail", "-c"]' : undefined;
}

function setPipefail(draft: Draft): Edit[] {
  const broken = brokenAt(draft, 'DL4006');
  return draft.file.stages.flatMap((stage): Edit[] => {
    const first = broken.find((instruction) => instruction.stage === stage.index);
    const shell = pipefailFor(chainOf(stage).at(-1)?.image ?? '');
    const isOwn = stage.instructions.some(({ keyword }) => keyword === 'SHELL');
    return first && shell !== undefined && !isOwn ? [insert(first.start, `${shell}\n`)] : [];
  });
}

/** `RUN cd /src && make` as WORKDIR, RUN and the WORKDIR that was. */
function leaveCd(draft: Draft): Edit[] {
  const { file } = draft;
  return brokenAt(draft, 'DL3003').flatMap((run): Edit[] => {
    const [cd, next] = run.shell.commands;
    const folder = workdirAt(file.stages, run);
    const to = cd?.args[0];
    const isOnly = run.shell.commands.filter(({ program }) => program === 'cd').length === 1;
    if (cd?.program !== 'cd' || !to || !next || next.after !== '&&' || cd.args.length > 1) return [];
    if (
      !isChain(run) ||
      folder === undefined ||
      !isOnly ||
      to.isExpanded ||
      !/^[\w./-]+$/u.test(to.text) ||
      !canAppend(run)
    )
      return [];
    const { start } = next;
    if (next.hasSudo || cd.variables.length > 0 || file.text.slice(run.body.start, start).includes('#')) return [];
    const back = file.instructions.find((one) => one.start > run.start);
    const isBack = back?.keyword === 'WORKDIR' && back.body.text.startsWith('/') && back.stage === run.stage;
    return [
      insert(run.start, `WORKDIR ${posix.resolve(folder, to.text)}\n`),
      { start: run.body.start, end: start, text: '' },
      ...(isBack ? [] : [insert(run.end, `\nWORKDIR ${folder}`)]),
    ];
  });
}

/** What belongs into one layer, before anything is added to either. */
export const JOIN_FIXES: readonly Fix[] = [
  { rules: ['FL1003'], edits: joinUpdates },
  { rules: ['FL1002'], edits: (draft) => joinRuns(draft, ['FL1002']) },
];

export const RUN_FIXES: readonly Fix[] = [
  { rules: ['DL3003'], edits: leaveCd },
  { rules: ['DL3059'], edits: (draft) => joinRuns(draft, ['DL3059']) },
  { rules: ['DL4006'], edits: setPipefail },
];
