import { isOurs, type Listening } from './listening.ts';
import type { EventBody } from './mentions.ts';

export interface HomeOpened {
  readonly tab?: string;
  readonly user: string;
  readonly event_ts: string;
}

interface Opened {
  readonly event: HomeOpened;
  readonly body: EventBody;
  /** Acknowledges the event. */
  ack(): Promise<void>;
}

/** The home tab that is opened. */
export async function onHomeOpened({ event, body, ack }: Opened, listening: Listening): Promise<void> {
  const { track, handOver, intake } = listening;
  await ack();
  const id = body.event_id ?? event.event_ts;
  if (event.tab !== 'home' || !isOurs(body, listening) || !(await intake.isFirst(id))) return;
  if (handOver) return handOver({ kind: 'home', person: event.user });
  await track(listening.showHome((await listening.api()).client, event.user));
}
