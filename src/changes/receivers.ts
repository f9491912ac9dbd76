import type { ChangesConfig, ReceiverConfig } from '../config.ts';
import { type CallReceiver, createCall } from './call.ts';
import { github } from './github.ts';
import { grafana } from './grafana.ts';
import { pagerduty } from './pagerduty.ts';
import type { Receiver } from './receiver.ts';
import { webhook } from './webhook.ts';

/** The receivers of the config, by name. `now` is a clock of Unix milliseconds. */
export function createReceivers({ receivers }: ChangesConfig, now: () => number): ReadonlyMap<string, Receiver> {
  const call = createCall();
  return new Map([...receivers].map(([name, config]) => [name, createReceiver(config, call, now)]));
}

function createReceiver(config: ReceiverConfig, call: CallReceiver, now: () => number): Receiver {
  switch (config.kind) {
    case 'webhook':
      return webhook(now)(config, call);
    case 'pagerduty':
      return pagerduty(config, call);
    case 'grafana':
      return grafana(config, call);
    case 'github':
      return github(config, call);
  }
}
