import type bolt from '@slack/bolt';

/** Acknowledgements of events, which Bolt gives before it calls a listener: here a listener gives them. */
export interface Acks {
  /** The receiver, whose events are acknowledged by their listener; those that have none, at once. */
  held(receiver: bolt.Receiver): bolt.Receiver;
  /** Acknowledges the event with this body. From this call on, nothing else does. */
  of(body: object): () => Promise<void>;
}

export function createAcks(): Acks {
  const acks = new WeakMap<object, () => Promise<void>>();
  const heard = new WeakSet<object>();
  const holding = (app: bolt.App): Pick<bolt.App, 'processEvent'> => ({
    async processEvent(event) {
      if (event.body['type'] !== 'event_callback') return app.processEvent(event);
      acks.set(event.body, () => event.ack());
      await app.processEvent({ ...event, ack: async () => {} });
      if (!heard.has(event.body)) await event.ack();
    },
  });
  return {
    held: (receiver) => ({
      // Of the app, Bolt's receivers use nothing else.
      init: (app) => receiver.init(holding(app) as bolt.App),
      start: (...args) => receiver.start(...args),
      stop: (...args) => receiver.stop(...args),
    }),
    of(body) {
      heard.add(body);
      return acks.get(body) ?? (async () => {});
    },
  };
}
