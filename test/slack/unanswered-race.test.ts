import { expect, it } from 'vitest';
import { createIntake } from '../../src/slack/listeners/intake.ts';
import { createUnansweredWatch } from '../../src/slack/unanswered/watch.ts';
import { openBoard, STAGING } from './board-scene.ts';

it('a request that is answered while its process looks for unanswered ones is not told of', async () => {
  const { client, deps, slack } = await openBoard();
  const { store } = deps;
  const self = 'web-1/1/x/y';
  const intake = createIntake(deps, self);
  const asked = { request: 'R1', person: 'U0DEV1', channel: STAGING, away: false, replaces: false };
  const answer = Promise.withResolvers<boolean>();
  const acked = Promise.withResolvers<void>();
  const ack = async () => acked.resolve();
  const taken = intake.take(
    { delivery: 'T1', asked, ack, isAckedByWork: false, isSentAgain: false },
    () => answer.promise,
  );
  await acked.promise;
  const looked = Promise.withResolvers<void>();
  // It is answered after the list of unanswered ones was read.
  const list = async () => {
    answer.resolve(true);
    await taken;
    looked.resolve();
    return store.replicas.list();
  };
  const late = { ...deps, store: { ...store, replicas: { ...store.replicas, list } } };
  const watch = createUnansweredWatch({ self, intake, api: { client }, deps: late });

  watch.start();
  await looked.promise;
  await watch.stop();

  expect(slack.messages({ channel: STAGING, as: 'U0DEV1' })).toEqual([]);
});
