import { cut } from '../../text/cut.ts';
import { withoutKeyRest } from '../../text/key-guard.ts';
import { shownLine, withoutStyles } from '../../text/terminal.ts';
import { cleanText } from '../client/faults.ts';
import type { RawContainer } from '../shapes/raw.ts';
import type { RolloutContext } from './context.ts';
import type { Evidence } from './verdict.ts';

const LINES = 20;
/** Lines read in addition: a key may begin in them and end in the shown ones. */
const LEAD_IN = 64;
const LINE_CHARS = 300;
const CHECKS = 3;
const READ_MS = 5000;
const MAX_BYTES = 256 * 1024;

/**
 * Collects state, health checks and last log lines of a version that failed, before it is stopped and logs its
 * shutdown.
 */
export async function collectEvidence(context: RolloutContext, id: string): Promise<Evidence> {
  const raw = await context.retryWhileAway(() => context.engine.inspectRaw(id));
  const { State: state } = raw;
  const shown = asShown((text) => context.run.redact(text, raw.Config.Env));
  const clean = (text: string) => cut(cleanText(shown(text)), LINE_CHARS);
  const checks = state.Health?.Log.slice(-CHECKS) ?? [];
  return {
    state: state.Status,
    exitCode: exitCodeOf(raw),
    outOfMemory: state.OOMKilled === true,
    restartCount: raw.RestartCount,
    error: clean(state.Error),
    healthLog: checks.map(({ ExitCode, Output }) => `exit ${ExitCode}: ${clean(Output) || 'no output'}`),
    lastLines: await lastLines(context, raw),
    strength:
      (state.Health?.Status ?? '') !== ''
        ? 'health check'
        : context.run.wanted.rollout.probe
          ? 'probe'
          : 'only running',
  };
}

// Engines report 0 for a container that runs or never ran.
function exitCodeOf({ State: state }: RawContainer): number | undefined {
  if (state.Running && state.Status !== 'restarting') return undefined;
  return state.ExitCode === 0 && !(Date.parse(state.StartedAt) > 0) ? undefined : state.ExitCode;
}

async function lastLines(context: RolloutContext, raw: RawContainer): Promise<string[]> {
  const query = { tail: LINES + LEAD_IN, timestamps: false, follow: false, tty: raw.Config['Tty'] === true };
  const parts: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of context.engine.logs(raw.Id, query, { signal: AbortSignal.timeout(READ_MS) })) {
      parts.push(chunk.bytes);
      bytes += chunk.bytes.length;
      while (bytes > MAX_BYTES && parts.length > 1) bytes -= parts.shift()?.length ?? 0;
    }
  } catch {
    // The rollback does not wait for a log that cannot be read.
  }
  const read = withoutStyles(Buffer.concat(parts).toString('utf8'));
  const text = asShown((words) => context.run.redact(words, raw.Config.Env))(withoutKeyRest(read));
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-LINES).map((line) => cut(cleanText(line), LINE_CHARS));
}

/**
 * Lines as a terminal shows them, without overwritten text. Multi-line secrets are redacted before single lines are
 * changed: only the first line of a key tells that it is one.
 */
function asShown(redact: (text: string) => string): (text: string) => string {
  return (text) =>
    redact(
      redact(withoutStyles(text))
        .split('\n')
        .map((line) => shownLine(line, redact))
        .join('\n'),
    );
}
