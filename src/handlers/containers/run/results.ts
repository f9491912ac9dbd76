import type { TransferProgress } from '../../../docker/client/types.ts';
import type { Phrase } from '../../../domain/phrase.ts';
import type { Verified } from '../../images/verified.ts';
import type { LogLine } from '../log/line.ts';
import type { Diagnosed } from '../why/diagnosed.ts';

/** A new container: its creation, and how it ended. */
export interface RunReport {
  readonly kind: 'run';
  readonly id: string;
  readonly host: string;
  readonly name: string;
  readonly image: string;
  readonly state:
    | { readonly at: 'pulling'; readonly progress: TransferProgress | undefined }
    | { readonly at: 'starting' }
    /** A foreground run, whose output is followed. */
    | { readonly at: 'following' }
    /** It runs, and is left running; `status` is the engine's text. */
    | { readonly at: 'up'; readonly status: string }
    | RunEnd
    /** It could not be made or started. */
    | { readonly at: 'refused'; readonly summary: string; readonly engineSaid: string; readonly tryThis: Phrase };
  /** `127.0.0.1:8080->80/tcp` */
  readonly ports: readonly string[];
  /** The last lines of its log or output, as many as a message shows. */
  readonly shown: readonly LogLine[];
  readonly lines: number;
  /** When it is removed, with `--rm`; Unix milliseconds. */
  readonly until: number | undefined;
  readonly warnings: readonly string[];
  /** Why it failed, where a container is there to be looked at. */
  readonly diagnosis: Diagnosed | undefined;
  /** Who signed its image; undefined where no rule asks for a signature. */
  readonly signed: Verified['proof'] | undefined;
  readonly audit: string;
  readonly output?: { readonly bytes: number; readonly sha256: string; readonly kept: string };
}

export interface RunEnd {
  readonly at: 'ended';
  readonly why: 'exited' | 'time' | 'stopped' | 'too-long' | 'lost';
  readonly exitCode: number | undefined;
  readonly outOfMemory: boolean;
  readonly ms: number;
  /** Whether the container was removed. */
  readonly isRemoved: boolean;
  readonly text: string;
  readonly sha256: string;
}

/** `/run` without an image: a form asks for it. */
export interface RunForm {
  readonly kind: 'run-form';
  /** With the host that it is for. */
  readonly line: string;
  readonly host: string;
  readonly audit: string;
}
