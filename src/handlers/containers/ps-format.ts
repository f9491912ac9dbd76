import { sayAge } from '../../domain/duration.ts';
import { evaluate } from '../../domain/template/evaluate.ts';
import { parseTemplate } from '../../domain/template/parse.ts';
import { templateRefusal } from '../template-refusal.ts';
import { portsText } from './ports-text.ts';
import type { PsRow } from './ps-row.ts';

/** What a row of `docker ps --format` may name, and the host. */
export interface FormatRow extends PsRow {
  readonly labels: Readonly<Record<string, string>>;
  readonly networks: readonly string[];
}

/** Rows as docker's `--format` writes them: a template, `table` before one for a line of headings, or `json`. */
export function formatted(rows: readonly FormatRow[], format: string, now: number): string {
  const records = rows.map((row) => recordOf(row, now));
  if (format === 'json') return records.map((record) => JSON.stringify(record)).join('\n');
  const [, table, template = ''] =
    /^(table\s+)?([\s\S]*)$/u.exec(format.replaceAll('\\t', '\t').replaceAll('\\n', '\n')) ?? [];
  try {
    const nodes = parseTemplate(template);
    const lines = records.map((record) => evaluate(nodes, record));
    if (table === undefined) return lines.join('\n');
    return aligned([evaluate(nodes, HEADINGS), ...lines]);
  } catch (error) {
    throw templateRefusal(template, error);
  }
}

function recordOf(row: FormatRow, now: number) {
  return {
    ID: row.id,
    Names: row.names,
    Image: row.image,
    Command: `"${row.command}"`,
    CreatedAt: new Date(row.createdAt).toISOString(),
    RunningFor: sayAge(now - row.createdAt),
    Ports: portsText(row.ports),
    State: row.state,
    Status: row.status,
    Labels: Object.entries(row.labels)
      .map(([key, value]) => `${key}=${value}`)
      .join(','),
    Networks: row.networks.join(','),
    Host: row.host,
  };
}

const HEADINGS: Readonly<Record<keyof ReturnType<typeof recordOf>, string>> = {
  ID: 'CONTAINER ID',
  Names: 'NAMES',
  Image: 'IMAGE',
  Command: 'COMMAND',
  CreatedAt: 'CREATED AT',
  RunningFor: 'CREATED',
  Ports: 'PORTS',
  State: 'STATE',
  Status: 'STATUS',
  Labels: 'LABELS',
  Networks: 'NETWORKS',
  Host: 'HOST',
};

/** Lines whose tabs are columns. */
function aligned(lines: readonly string[]): string {
  const rows = lines.map((line) => line.split('\t'));
  const widths = rows.reduce<number[]>(
    (most, row) => row.map((cell, at) => Math.max(most[at] ?? 0, cell.length)).concat(most.slice(row.length)),
    [],
  );
  return rows
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd((widths[at] ?? 0) + 3))
        .join('')
        .trimEnd(),
    )
    .join('\n');
}
