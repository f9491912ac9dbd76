import { randomUUID } from 'node:crypto';
import type { Clock } from './clock.ts';

const LIFE_MS = 3000;

export interface Triggers {
  issue(person: string): string;
  /** The person whose action allows a view to open; or Slack's error. A trigger works once, for three seconds. */
  use(id: string): { readonly person: string } | { readonly error: string };
}

export function createTriggers(clock: Clock): Triggers {
  const issued = new Map<string, { person: string; until: number; used: boolean }>();
  return {
    issue(person) {
      const id = `${clock.now()}.${randomUUID()}`;
      issued.set(id, { person, until: clock.now() + LIFE_MS, used: false });
      return id;
    },
    use(id) {
      const trigger = issued.get(id);
      if (!trigger) return { error: 'invalid_trigger_id' };
      if (trigger.used) return { error: 'exchanged_trigger_id' };
      if (clock.now() > trigger.until) return { error: 'expired_trigger_id' };
      trigger.used = true;
      return { person: trigger.person };
    },
  };
}
