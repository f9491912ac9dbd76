/**
 * A comparison: Fairlead's figure, the figure of what it is compared with, and the largest ratio of the two that is
 * good enough.
 */
export interface Row {
  readonly what: string;
  readonly ours: number;
  /** What Fairlead is compared with. */
  readonly beside: string;
  readonly theirs: number;
  /** `ms` by default. */
  readonly unit?: string;
  /** For a rate, more is better, so the ratio is inverted. */
  readonly isRate?: boolean;
  /** The largest ratio that is good enough; none when left out. */
  readonly asked?: number;
}

type Cells = readonly [what: string, ours: string, theirs: string, beside: string, ratio: string, limit: string];

const WIDTHS = { what: 46, figure: 13, beside: 30 };

export function heading(): string {
  return `${line(['', 'ours', 'theirs', 'compared with', 'ratio', 'limit'])}\n`;
}

export function rowText(row: Row): string {
  const { what, ours, beside, theirs, unit = 'ms', isRate = false, asked } = row;
  const ratio = isRate ? theirs / ours : ours / theirs;
  const limit = asked === undefined ? '' : `${asked}${ratio <= asked ? '' : '  MISSED'}`;
  return `${line([what, figure(ours, unit), figure(theirs, unit), beside, ratio.toFixed(2), limit])}\n`;
}

/** A measurement with nothing to compare it with, and the most it may be. */
export function factText(what: string, value: number, unit: string, most?: number): string {
  const limit = most === undefined ? '' : `${most} ${unit}${value <= most ? '' : '  MISSED'}`;
  return `${line([what, figure(value, unit), '', '', '', limit])}\n`;
}

function figure(value: number, unit: string): string {
  return `${value.toFixed(value < 100 ? 1 : 0)} ${unit}`;
}

function line([what, ours, theirs, beside, ratio, limit]: Cells): string {
  const figures = [ours, theirs].map((text) => text.padStart(WIDTHS.figure)).join('');
  return `${what.padEnd(WIDTHS.what)}${figures}  ${beside.padEnd(WIDTHS.beside)}${ratio.padStart(6)}  ${limit}`.trimEnd();
}
