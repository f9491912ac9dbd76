import type { Engine } from '../../../docker/client/engine.ts';
import { EngineError } from '../../../docker/client/engine-error.ts';
import type { Container, Port } from '../../../docker/client/types.ts';
import type { Redact } from '../../../policy/redact.ts';
import type { LogLine } from '../log/line.ts';
import { logLines } from '../log/log-lines.ts';
import { lastThatFit } from '../log/shown-lines.ts';
import { addressText, onceForBothFamilies } from '../ports-text.ts';
import type { RunReport } from './results.ts';

const LINES = 20;

/** A container a moment after its start: how it is, what it publishes, and the first lines of its log. */
export async function lookAt(
  engine: Engine,
  id: string,
  redact: Redact,
  signal: AbortSignal,
): Promise<Pick<RunReport, 'state' | 'ports' | 'shown' | 'lines'>> {
  const [detail, listed, lines] = await Promise.all([
    engine.inspectRaw(id, { signal }),
    engine.listContainers({ all: true, filters: { id: [id] } }, { signal }),
    firstLines(engine, id, redact, signal),
  ]);
  const container = listed.find((one) => one.id === id);
  const { State: state } = detail;
  const seen = { ports: portsOf(container), shown: lastThatFit(lines), lines: lines.length };
  if (state.Running) return { ...seen, state: { at: 'up', status: container?.status ?? state.Status } };
  const { ExitCode: exitCode, OOMKilled } = state;
  const end = { why: 'exited', exitCode, outOfMemory: OOMKilled === true, ms: 0, isRemoved: false } as const;
  return { ...seen, state: { at: 'ended', ...end, text: '', sha256: '' } };
}

/** No line where the log cannot be read. */
async function firstLines(engine: Engine, id: string, redact: Redact, signal: AbortSignal): Promise<LogLine[]> {
  const found: LogLine[] = [];
  try {
    const query = { tail: LINES, timestamps: false, follow: false, tty: false } as const;
    for await (const lines of logLines(engine.logs(id, query, { signal }), redact)) found.push(...lines);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
  }
  return found;
}

function portsOf(container: Container | undefined): string[] {
  const published = (container?.ports ?? []).filter(({ publicPort }) => publicPort !== undefined);
  return [...new Set(onceForBothFamilies(published).map(sayPort))];
}

/** As docker writes it, without the address that stands for all of IPv4. */
function sayPort(port: Port): string {
  const { ip, publicPort, privatePort, protocol } = port;
  const isEverywhere = ip === undefined || ip === '' || ip === '0.0.0.0';
  return `${isEverywhere ? publicPort : addressText(port)}->${privatePort}/${protocol}`;
}
