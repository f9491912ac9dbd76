/** One line: what it takes us, what it takes the other, and the most the ratio of the two may be, where one was asked. */
export interface Row {
  readonly what: string;
  readonly ours: number;
  readonly beside: string;
  readonly theirs: number;
  /** `ms` when left out. */
  readonly unit?: string;
  /** More is better for a rate: the ratio is turned around then. */
  readonly isRate?: boolean;
  /** The largest ratio that is good enough. */
  readonly asked?: number;
}

/** What is measured, ours, theirs, whose that is, the ratio, and the ratio asked for. */
type Cells = readonly [what: string, ours: string, theirs: string, beside: string, ratio: string, asked: string];

const WIDTHS = { what: 46, figure: 13, beside: 30 };

export function heading(): string {
  return `${line(['', 'ours', 'theirs', 'beside', 'ratio', 'asked'])}\n`;
}

export function rowText(row: Row): string {
  const { what, ours, beside, theirs, unit = 'ms', isRate = false, asked } = row;
  const ratio = isRate ? theirs / ours : ours / theirs;
  const said = asked === undefined ? '' : `${asked}${ratio <= asked ? '' : '  MISSED'}`;
  return `${line([what, figure(ours, unit), figure(theirs, unit), beside, ratio.toFixed(2), said])}\n`;
}

/** A figure with nothing beside it but the most it may be. */
export function factText(what: string, value: number, unit: string, most?: number): string {
  const said = most === undefined ? '' : `${most} ${unit}${value <= most ? '' : '  MISSED'}`;
  return `${line([what, figure(value, unit), '', '', '', said])}\n`;
}

function figure(value: number, unit: string): string {
  return `${value.toFixed(value < 100 ? 1 : 0)} ${unit}`;
}

function line([what, ours, theirs, beside, ratio, asked]: Cells): string {
  const figures = [ours, theirs].map((text) => text.padStart(WIDTHS.figure)).join('');
  return `${what.padEnd(WIDTHS.what)}${figures}  ${beside.padEnd(WIDTHS.beside)}${ratio.padStart(6)}  ${asked}`.trimEnd();
}
