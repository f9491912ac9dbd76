import { expect, it, vi } from 'vitest';
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
