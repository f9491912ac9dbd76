import type { HostProgress } from '../docker/rollout/types.ts';

/** Carries deployments out, in the background of a bot: those approved here, and those another process left behind. */
export interface Runner {
  /** Something was approved: look at once. */
  wake(): void;
  /** Asks a deployment to stop and go back; it may run in another process, which hears of it by the store. */
  abort(approval: string): void;
  /** How far the hosts of a deployment are, where it runs in this process. */
  progress(approval: string): ReadonlyMap<string, HostProgress>;
  start(): void;
  /** Takes nothing new, asks what runs to go back, and waits for it. What does not end is taken over at the next start. */
  stop(): Promise<void>;
}
