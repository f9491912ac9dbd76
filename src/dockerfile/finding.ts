/** As hadolint has them, worst first. */
export const SEVERITIES = ['error', 'warning', 'info', 'style'] as const;

export type Severity = (typeof SEVERITIES)[number];

/** One thing to change in a Dockerfile. Its texts may hold words of the file: they are hostile. */
export interface Finding {
  /** Hadolint's id, such as DL3008, or one of our own, such as FL1001. */
  readonly rule: string;
  readonly severity: Severity;
  /** The first line of the instruction, counted from 1. */
  readonly line: number;
  /** What is wrong and what to do, in one sentence each. */
  readonly says: string;
}

/** Worst first, then by line. */
export function inOrder(findings: readonly Finding[]): Finding[] {
  const rank = ({ severity }: Finding) => SEVERITIES.indexOf(severity);
  return findings.toSorted((a, b) => rank(a) - rank(b) || a.line - b.line || a.rule.localeCompare(b.rule));
}
