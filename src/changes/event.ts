import type { ChangeType } from '../config.ts';

/** One change, as receivers are told of it. Times are Unix milliseconds. */
export interface ChangeEvent {
  /** The same at each attempt: a receiver tells duplicates by it. */
  readonly id: string;
  readonly type: ChangeType;
  /** When it happened. */
  readonly at: number;
  /** One sentence in plain words. */
  readonly summary: string;
  readonly deployment: DeploymentFacts;
}

export interface DeploymentFacts {
  readonly id: string;
  readonly action: 'deploy' | 'rollback';
  readonly service: string;
  /** Values of the label of its hosts that names the environment; empty where none has it. */
  readonly environments: readonly string[];
  /** The tag, or the beginning of the digest. */
  readonly version: string;
  /** What ran before, by the same rule; empty where nothing did. */
  readonly from: readonly string[];
  /** Canonical, with the digest: `harbor.example.com/devops/shop@sha256:…`. */
  readonly image: string;
  readonly digest: string;
  /** The tag of the image, if it was deployed by one. */
  readonly tag: string | undefined;
  readonly hostCount: number;
  /** The first 50 names. */
  readonly hosts: readonly string[];
  readonly requestedBy: string;
  readonly approvedBy: readonly string[];
  readonly reason: string | undefined;
  /** Why it was started without approval. */
  readonly breakGlass: string | undefined;
  readonly startedAt: number;
  readonly commit: Commit | undefined;
  /** The card in Slack. */
  readonly card: string | undefined;
  /** How it ended; undefined of one that started. */
  readonly end: DeploymentEnd | undefined;
}

export interface Commit {
  readonly sha: string;
  /** `https://github.com/acme/shop`, where it is known. */
  readonly repository: string | undefined;
  readonly url: string | undefined;
  /** `signed`: proven by a signature. `label`: as the image says of itself. */
  readonly source: 'signed' | 'label';
}

export interface DeploymentEnd {
  readonly verdict: string;
  readonly at: number;
  readonly ms: number;
  /** How many hosts have each outcome. */
  readonly outcomes: Readonly<Record<string, number>>;
}
