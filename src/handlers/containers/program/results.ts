import type { ExecEnd } from '../../../store/execs.ts';
import type { LogLine } from '../log/line.ts';

/** A program in a container: while it runs, and when it has ended. */
export interface ProgramReport {
  readonly kind: 'program';
  readonly id: string;
  readonly host: string;
  readonly container: string;
  /** Hosts that did not say whether they have it too, where nobody named one. */
  readonly unseen: readonly string[];
  /** Its words, redacted, as one line to be read. */
  readonly said: string;
  /** The last lines, as many as a message shows. */
  readonly shown: readonly LogLine[];
  readonly lines: number;
  /** Seconds after which it is ended in the container; undefined where nothing can end it there. */
  readonly boundS: number | undefined;
  /** Undefined while it runs. */
  readonly end: ProgramEndReport | undefined;
  /** For the audit log. */
  readonly audit: string;
  readonly output?: { readonly bytes: number; readonly sha256: string; readonly kept: string };
}

export interface ProgramEndReport {
  readonly ended: ExecEnd;
  readonly exitCode: number | undefined;
  readonly ms: number;
  /** Whether a process of it may still run in the container. */
  readonly isLeft: boolean;
  readonly lost: string | undefined;
  /** All of its output. */
  readonly text: string;
  readonly sha256: string;
}

/** `/exec` without a container or without a command: a form asks for them. */
export interface ExecForm {
  readonly kind: 'exec-form';
  readonly line: string;
  /** The hosts that the line names, where it names any. */
  readonly hosts: readonly string[] | undefined;
  readonly audit: string;
}
