import { expect, it } from 'vitest';
import { z } from 'zod';
import { defineCommand } from '../../src/commands/language/define.ts';
import { handler } from '../../src/handlers/handler.ts';
import { command } from '../../src/slack/command.ts';
import { COMMANDS } from '../../src/slack/commands.ts';
import { answer, form } from '../../src/slack/reply/reply.ts';

const spec = defineCommand({
  name: 'probe',
  summary: 'For this test',
  slash: false,
  access: 'open',
  effect: 'read',
  onHosts: false,
  args: z.strictObject({ name: z.string() }),
  examples: [],
});
const quick = handler<{ name: string }, { seen: string }>()(['now'], async ({ args }) => ({ seen: args.name }));
const slow = handler<{ name: string }, { seen: string }, { share: number }>()([], async () => ({ seen: '' }));
const view = ({ seen }: { readonly seen: string }) => answer({ text: seen, blocks: [] });
const whole = { spec, handler: quick, delivery: ['message'], view, progress: 'none', approval: 'none' } as const;

// What is asserted below is that `npm run types` accepts the lines that are right, and only these.
it('a command has all of its parts, or does not compile', () => {
  expect(command(whole).spec).toBe(spec);

  const { spec: _spec, ...withoutSpec } = whole;
  // @ts-expect-error what may be typed is missing
  command(withoutSpec);
  const { handler: _handler, ...withoutHandler } = whole;
  // @ts-expect-error what happens is missing
  command(withoutHandler);
  const { delivery: _delivery, ...withoutDelivery } = whole;
  // @ts-expect-error the ways to answer are missing
  command(withoutDelivery);
  const { view: _view, ...withoutView } = whole;
  // @ts-expect-error the view is missing
  command(withoutView);
  const { progress: _progress, ...withoutProgress } = whole;
  // @ts-expect-error whether there is progress is missing
  command(withoutProgress);
  const { approval: _approval, ...withoutApproval } = whole;
  // @ts-expect-error whether it is approved is missing
  command(withoutApproval);

  // @ts-expect-error a handler that reports progress needs a view of it
  command({ ...whole, handler: slow });
  command({
    ...whole,
    handler: slow,
    progress: { view: ({ share }) => ({ text: `${share}`, blocks: [] }), stands: 'channel', begins: 'when-slow' },
  });
  const opened = form(
    () => ({ type: 'modal', title: { type: 'plain_text', text: '' }, blocks: [] }),
    view({ seen: '' }),
  );
  // @ts-expect-error it answers in a way that it does not declare
  command({ ...whole, view: () => opened });
  // @ts-expect-error the view is of another result
  command({ ...whole, view: ({ other }: { readonly other: string }) => answer({ text: other, blocks: [] }) });
  // @ts-expect-error the handler takes a dependency that it does not name
  handler<{ name: string }, object>()(['now'], async (_, { store }) => ({ store }));
});

it.each(Object.entries(COMMANDS))('%s is listed under its own name', (name, { spec: { name: own } }) => {
  expect(own).toBe(name);
});
