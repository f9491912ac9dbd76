import { sayDuration } from '../../domain/duration.ts';
import { code } from '../../domain/errors.ts';
import { sayTimes } from '../../text/times.ts';
import { type Cause, SURE } from './cause.ts';
import type { ContainerFacts } from './facts.ts';
import { listAll, showLog } from './next.ts';
import { isDown, isLooping, lastExit, type Rule } from './rule.ts';

/** What exit codes mean by themselves; a sentence each. */
const MEANINGS: Readonly<Record<number, string>> = {
  125: 'the engine could not run it (exit code 125).',
  126: 'its command could not be executed (exit code 126): it is no program, or lacks the executable bit.',
  127: 'a command was not found (exit code 127).',
  129: 'it was ended by SIGHUP (exit code 129).',
  130: 'it was interrupted by SIGINT (exit code 130).',
  131: 'it was ended by SIGQUIT (exit code 131).',
  132: 'it ran an instruction that this processor does not have (SIGILL, exit code 132).',
  134: 'it aborted itself (SIGABRT, exit code 134).',
  135: 'it crashed with a bus error (SIGBUS, exit code 135): often too little shared memory.',
  136: 'it crashed in a calculation (SIGFPE, exit code 136).',
  137: 'it was killed (SIGKILL, exit code 137), and not for its memory limit.',
  139: 'it crashed with a segmentation fault (SIGSEGV, exit code 139).',
  141: 'it wrote to a closed pipe (SIGPIPE, exit code 141).',
  143: 'it was asked to end (SIGTERM, exit code 143).',
  152: 'it used up its CPU time (SIGXCPU, exit code 152).',
  153: 'it wrote a file larger than its limit (SIGXFSZ, exit code 153).',
  159: 'it made a system call that seccomp forbids (SIGSYS, exit code 159).',
};

/** An exit code as the end of a sentence. */
export function exitInWords(exitCode: number): string {
  const known = MEANINGS[exitCode];
  if (known !== undefined) return known;
  if (exitCode > 128 && exitCode < 165) return `it was ended by signal ${exitCode - 128} (exit code ${exitCode}).`;
  return `it exited with code ${exitCode}.`;
}

/** Ids of causes that only an exit code shows. */
const IDS: Readonly<Record<number, string>> = {
  126: 'not-executable',
  127: 'command-not-found',
  132: 'illegal-instruction',
  134: 'aborted-itself',
  135: 'bus-error',
  137: 'killed',
  139: 'segmentation-fault',
  143: 'ended-by-signal',
  159: 'system-call-forbidden',
};

const ADVICE: Readonly<Record<number, string>> = {
  126: 'Check command and entrypoint, and the executable bit of the file.',
  127: 'Check command and entrypoint against the image.',
  132: 'Use an image that is built for this processor.',
  135: 'Raise --shm-size, or check the memory-mapped files.',
  137: 'Find out who killed it: a person, or the host for lack of memory (journalctl -k).',
  139: 'Report it to those who make the image, with the end of its log; try another version.',
};

/** Causes that the end of the container shows: its exit code, who ended it, and how often it was started again. */
export const EXIT_RULES: readonly Rule[] = [
  // A stop that somebody asked for.
  (facts) => {
    if (!isDown(facts)) return undefined;
    const stop = stoppedBy(facts);
    if (stop === undefined) return undefined;
    const { exitCode } = facts.state;
    return {
      id: stop.hadToKill ? 'stopped-by-kill' : 'stopped',
      rank: SURE.seen + 12,
      sentence: stop.hadToKill
        ? 'Someone stopped it. It did not react to SIGTERM within its grace time, so the engine killed it.'
        : 'Someone stopped it.',
      evidence: [`events: ${stop.words}`, exitInWords(exitCode)],
      advice: stop.hadToKill
        ? 'Start it again. Let its main process handle SIGTERM (an init: --init), or give it longer to stop.'
        : 'Start it again if it should run.',
      next: [{ label: 'Start', line: `start ${facts.name} --on ${facts.host}` }, showLog(facts)],
    };
  },
  (facts) => {
    const kill = isDown(facts) && facts.state.exitCode === 137 ? lastKill(facts) : undefined;
    if (kill !== '9') return undefined;
    return {
      id: 'killed-by-someone',
      rank: SURE.seen + 10,
      sentence: 'Someone killed it (docker kill): SIGKILL, not its memory limit.',
      evidence: ['events: kill 9, die 137', 'OOMKilled false'],
      advice: 'Find out who killed it; start it again if it should run.',
      next: [{ label: 'Start', line: `start ${facts.name} --on ${facts.host}` }, showLog(facts)],
    };
  },
  // The command simply ended.
  (facts) => {
    if (lastExit(facts) !== 0 || facts.state.outOfMemory || !(isDown(facts) || isLooping(facts))) return undefined;
    if (isLooping(facts) && facts.state.status === 'running' && !diedLately(facts)) return undefined;
    const isShell = /(?:^|\/)(?:ba|da|a|z)?sh$/u.test(facts.command[0] ?? '') && facts.command.length === 1;
    return {
      id: isShell ? 'shell-without-terminal' : 'command-ended',
      rank: SURE.seen,
      sentence: isShell
        ? `Its command is only a shell, ${code(facts.command.join(' '))}, which ends at once without a terminal.`
        : `Its command ended by itself without an error (exit code 0)${isLooping(facts) ? ', and the restart policy starts it again and again' : ''}: nothing was left to run.`,
      evidence: [`command: ${facts.command.join(' ')}`, ...ranFor(facts)],
      advice: isShell
        ? 'Give it a program that keeps running, or -it for a shell.'
        : 'A service has to stay in the foreground: see its command. A job that is done needs no restart policy.',
      next: [showLog(facts)],
    };
  },
  // The engine went down under it.
  (facts) => {
    const wasSeen = facts.events?.some(({ action }) => action === 'die') === true;
    if (!isDown(facts) || facts.state.exitCode !== 255 || wasSeen || facts.events === undefined) return undefined;
    return {
      id: 'host-went-down',
      rank: SURE.guessed + 15,
      sentence: `The engine or the host went down while it ran, and restart policy ${code(facts.restartPolicy.name)} did not bring it back.`,
      evidence: ['exit code 255, and no end among the events', `restart policy ${facts.restartPolicy.name}`],
      advice: 'Start it, and set the restart policy unless-stopped.',
      next: [{ label: 'Start', line: `start ${facts.name} --on ${facts.host}` }, listAll(facts)],
    };
  },
  (facts) => byExitCode(facts),
];

function byExitCode(facts: ContainerFacts): Cause | undefined {
  const exitCode = lastExit(facts);
  if (exitCode === undefined || exitCode === 0 || !(isDown(facts) || isLooping(facts))) return undefined;
  if (isLooping(facts) && facts.state.status === 'running' && !diedLately(facts)) return undefined;
  const last = facts.lines?.at(-1);
  const meaning = exitInWords(exitCode);
  const loop = isLooping(facts) ? ` It was restarted ${sayTimes(facts.restarts)}.` : '';
  const isSignal = MEANINGS[exitCode] !== undefined;
  return {
    id: IDS[exitCode] ?? (isLooping(facts) ? 'crash-loop' : 'exited-with-error'),
    rank: exitCode === 126 ? SURE.said + 16 : SURE.guessed + (isSignal ? 10 : 0),
    sentence: `${meaning.charAt(0).toUpperCase()}${meaning.slice(1)}${loop}${facts.lines?.length === 0 ? ' It wrote nothing to its log.' : ''}`,
    evidence: [...(last === undefined ? [] : [last]), ...ranFor(facts)],
    advice: ADVICE[exitCode] ?? 'Its log has the details.',
    next: [showLog(facts)],
  };
}

const LATELY_MS = 10 * 60_000;

/** Whether a running container was started again lately; of long ago it is no cause any more. */
export function diedLately({ state, engine, events }: ContainerFacts): boolean {
  const now = Date.parse(engine?.time ?? '');
  if (Number.isNaN(now) || state.startedAt === undefined) return events?.at(-1)?.action !== undefined;
  return now - state.startedAt < LATELY_MS;
}

/** How long its last run took. */
function ranFor({ state: { startedAt, finishedAt } }: ContainerFacts): string[] {
  if (startedAt === undefined || finishedAt === undefined || finishedAt < startedAt) return [];
  return [`ran for ${finishedAt - startedAt < 1000 ? 'less than a second' : sayDuration(finishedAt - startedAt)}`];
}

/** Its last signal before the end. */
function lastKill({ events = [] }: ContainerFacts): string | undefined {
  return events.findLast(({ action }) => action === 'kill')?.signal;
}

/** The stop that ended it: an engine sends `kill` and, when it is done, `stop`. */
function stoppedBy({
  events = [],
}: ContainerFacts): { readonly hadToKill: boolean; readonly words: string } | undefined {
  const start = events.findLastIndex(({ action }) => action === 'start' || action === 'restart');
  const since = events.slice(start + 1);
  if (!since.some(({ action }) => action === 'stop')) return undefined;
  const signals = since.filter(({ action }) => action === 'kill').map(({ signal }) => signal ?? '?');
  return { hadToKill: signals.includes('9'), words: `${signals.map((one) => `kill ${one}`).join(', ')}, stop` };
}
