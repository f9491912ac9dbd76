import { createReceivers } from '../../changes/receivers.ts';
import { messageOf } from '../../domain/errors.ts';
import type { Deps } from '../../handlers/deps.ts';
import { cutHidden } from '../../text/cut.ts';
import { type Finding, fail, note, ok, warn } from './finding.ts';

const DEADLINE_MS = 15_000;
const MOST_NAMED = 3;
/** Given up so lately that somebody may still have to act. */
const LATELY_MS = 7 * 24 * 3_600_000;

/** Whether the receivers of change events can be reached, and which events were given up. Sends no event. */
export async function checkChanges({
  config,
  now,
  redact,
  store,
}: Pick<Deps, 'config' | 'now' | 'redact' | 'store'>): Promise<Finding[]> {
  const checks = [...createReceivers(config.changes, now)].map(async ([name, receiver]): Promise<Finding> => {
    const kind = config.changes.receivers.get(name)?.kind ?? '';
    const where = `change events to ${name} (${kind})`;
    try {
      const checked = await receiver.check(AbortSignal.timeout(DEADLINE_MS));
      return checked === 'accepted'
        ? ok(`${where}: reached, and the token is accepted`)
        : note(
            `${where}: reached`,
            'Whether it takes the events is seen at the next deployment: no test event is sent.',
          );
    } catch (error) {
      return fail(
        `${where}: ${cutHidden(messageOf(error), 500, redact)}`,
        `Look at changes.receivers.${name} in the config.`,
      );
    }
  });
  const plain = [...config.changes.receivers].flatMap(([name, receiver]) =>
    'url' in receiver && receiver.url.startsWith('http://') && !isLocal(receiver.url)
      ? warn(`change events to ${name} go over http: what they say can be read on the way`, 'Use https.')
      : [],
  );
  return [...(await Promise.all(checks)), ...plain, ...(await givenUp({ now, store }))];
}

async function givenUp({ now, store }: Pick<Deps, 'now' | 'store'>): Promise<Finding[]> {
  const failed = await store.changes.failed({ since: now() - LATELY_MS, limit: 100 });
  if (failed.length === 0) return [];
  const named = failed
    .slice(0, MOST_NAMED)
    .map(({ id, receiver, why, failedAt }) => `${id} to ${receiver} (${new Date(failedAt).toISOString()}): ${why}`);
  const rest = failed.length > MOST_NAMED ? [`and ${failed.length - MOST_NAMED} more`] : [];
  return [
    warn(
      `${failed.length} change ${failed.length === 1 ? 'event was' : 'events were'} given up: ${[...named, ...rest].join('; ')}`,
      'Mend the receiver; these events are not sent again.',
    ),
  ];
}

const isLocal = (url: string) => ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname);
