import { cut } from '../../text/cut.ts';
import { withoutKeyRest } from '../../text/key-guard.ts';
import { shownLine, withoutStyles } from '../../text/terminal.ts';
import { cleanText } from '../client/faults.ts';
import type { RawContainer } from '../shapes/raw.ts';
import type { RolloutContext } from './context.ts';
import type { Evidence } from './types.ts';

const LINES = 20;
/** Lines read before them: a key may begin there whose end is among them. */
const LEAD_IN = 64;
const LINE_CHARS = 300;
const CHECKS = 3;
const READ_MS = 5000;
const MAX_BYTES = 256 * 1024;

/** What is to be seen of a version that failed; taken before it is stopped, as its log then grows by its farewell. */
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

// Engines say 0 of what runs, or never ran.
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
    // A log that cannot be read is no reason to keep the old version waiting.
  }
  const read = withoutStyles(Buffer.concat(parts).toString('utf8'));
  const text = asShown((words) => context.run.redact(words, raw.Config.Env))(withoutKeyRest(read));
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-LINES).map((line) => cut(cleanText(line), LINE_CHARS));
}

/**
 * Several lines as a terminal shows them, each without what was written over. Secrets of many lines are hidden before a
 * line is touched: a key has many, and only its first tells what it is.
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
