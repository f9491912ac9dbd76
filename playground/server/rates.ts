import type { Clock } from './clock.ts';

interface Rate {
  readonly calls: number;
  readonly perMs: number;
}

const MINUTE = 60_000;
const T2: Rate = { calls: 20, perMs: MINUTE };
const T3: Rate = { calls: 50, perMs: MINUTE };
const T4: Rate = { calls: 100, perMs: MINUTE };
// About one message per second and channel, with short bursts.
const POST_BURST = 5;

const RATES: Readonly<Record<string, Rate>> = {
  'apps.connections.open': T3,
  'chat.update': T3,
  'chat.delete': T3,
  'chat.postEphemeral': T4,
  'conversations.info': T3,
  'conversations.members': T4,
  'users.conversations': T3,
  'users.info': T4,
  'usergroups.list': T2,
  'usergroups.users.list': T2,
  'views.open': T4,
  'views.update': T4,
  'views.push': T4,
  'views.publish': T4,
  'files.getUploadURLExternal': T4,
  'files.completeUploadExternal': T4,
};

export interface Rates {
  /** Seconds to wait; undefined when the call is allowed. A refused call does not count. */
  spend(method: string, channel: string): number | undefined;
}

/** Slack's rate limits: a sliding minute for each method, and a token bucket for each channel that is posted to. */
export function createRates(clock: Clock): Rates {
  const calls = new Map<string, number[]>();
  const buckets = new Map<string, { left: number; at: number }>();
  return {
    spend(method, channel) {
      const now = clock.now();
      if (method === 'chat.postMessage') {
        const bucket = buckets.get(channel) ?? { left: POST_BURST, at: now };
        const left = Math.min(POST_BURST, bucket.left + (now - bucket.at) / 1000);
        buckets.set(channel, { left: left < 1 ? left : left - 1, at: now });
        return left < 1 ? Math.max(1, Math.ceil(1 - left)) : undefined;
      }
      const rate = RATES[method];
      if (!rate) return undefined;
      const recent = (calls.get(method) ?? []).filter((at) => at > now - rate.perMs);
      const oldest = recent[0] ?? now;
      const full = recent.length >= rate.calls;
      calls.set(method, full ? recent : [...recent, now]);
      return full ? Math.max(1, Math.ceil((oldest + rate.perMs - now) / 1000)) : undefined;
    },
  };
}
