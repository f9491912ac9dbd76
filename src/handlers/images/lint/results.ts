import type { Finding, Severity } from '../../../dockerfile/finding.ts';

/** A Dockerfile that was looked at. Every text in it is redacted. */
export interface LintReport {
  readonly kind: 'lint';
  /** `Dockerfile`, or `api/Dockerfile of shop at main`. */
  readonly name: string;
  readonly counts: Readonly<Record<Severity, number>>;
  /** Worst first; of very many the first. */
  readonly findings: readonly Finding[];
  readonly suggestion: LintSuggestion | undefined;
  /** Whether something was masked in what is shown. */
  readonly isMasked: boolean;
  readonly audit: string;
}

export interface LintSuggestion {
  readonly text: string;
  readonly fixed: readonly string[];
  /** Findings in the text that was given, and in the suggestion. */
  readonly before: number;
  readonly after: number;
}

/** Nothing was given: a form asks for it. */
export interface LintForm {
  readonly kind: 'lint-form';
  readonly line: string;
  readonly audit: string;
}
