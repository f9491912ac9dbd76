import { expect, it, vi } from 'vitest';
import { createWaiter } from '../../src/store/hints.ts';
import { freshStore } from './fixture.ts';

const fixture = freshStore();

it('a hint is heard by all who listen to its topic, after the current turn, until they stop', async () => {
  const { hints } = fixture.store;
  const [one, two, elsewhere] = [vi.fn(), vi.fn(), vi.fn()];
  const [end, endToo] = [hints.hear('jobs', one), hints.hear('jobs', two)];
  hints.hear('outbox', elsewhere);

  hints.tell('jobs');
  expect(one).not.toHaveBeenCalled();
  await vi.waitFor(() => expect(one).toHaveBeenCalledOnce());
  expect(two).toHaveBeenCalledOnce();

  end();
  hints.tell('jobs');
  await vi.waitFor(() => expect(two).toHaveBeenCalledTimes(2));
  endToo();
  hints.tell('jobs');
  hints.tell('outbox');
  await vi.waitFor(() => expect(elsewhere).toHaveBeenCalledOnce());
  expect([one.mock.calls.length, two.mock.calls.length]).toEqual([1, 2]);
});

it('what waits for a hint goes on at one that came before, at the end of its time, and when it is told to end', async () => {
  const { hints } = fixture.store;
  const waiter = createWaiter(hints, 'jobs');
  const [never, ended] = [new AbortController(), new AbortController()];
  hints.tell('jobs');
  await new Promise(setImmediate);

  await waiter.wait(3_600_000, never.signal);
  await waiter.wait(1, never.signal);
  const waits = waiter.wait(3_600_000, ended.signal);
  ended.abort();
  await waits;
  await waiter.wait(3_600_000, ended.signal);
  waiter.end();
});
