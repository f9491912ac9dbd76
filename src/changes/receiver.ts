import type { CallReceiver } from './call.ts';
import type { ChangeEvent } from './event.ts';

/** One system outside that is told of changes. Its methods reject with a `DeliveryFailure`. */
export interface Receiver {
  /** Tells it of an event. An event that it has already changes nothing there, as far as its API allows that. */
  send(event: ChangeEvent, signal: AbortSignal): Promise<void>;
  /** Asks whether it can be reached, and takes the credentials where that can be asked without telling it of anything. */
  check(signal: AbortSignal): Promise<Checked>;
}

/** What a check has shown. */
export type Checked = 'accepted' | 'reachable';

export type CreateReceiver<Config> = (config: Config, call: CallReceiver) => Receiver;

/** An address below another, which may have a path itself. */
export function below(base: string, path: string): URL {
  return new URL(`${base.endsWith('/') ? base.slice(0, -1) : base}${path}`);
}
