import { isOurs, type Listening } from './listening.ts';
import type { EventBody } from './mentions.ts';

export interface HomeOpened {
  readonly tab?: string;
  readonly user: string;
  readonly event_ts: string;
}

/** The home tab that is opened. */
export async function onHomeOpened(event: HomeOpened, body: EventBody, listening: Listening): Promise<void> {
  const { track, handOver } = listening;
  const id = body.event_id ?? event.event_ts;
  if (event.tab !== 'home' || !isOurs(body, listening) || !(await listening.isFirst(id))) return;
  if (handOver) return handOver({ kind: 'home', person: event.user });
  await track(listening.showHome((await listening.api()).client, event.user));
}
