import { expect, it } from 'vitest';
import { SPECS } from '../../src/commands/index.ts';
import { openDesk } from './desk.ts';

it.each(SPECS.map(({ name }) => name))(
  'help on %s says how it is used, whatever it cannot do without',
  async (name) => {
    await using desk = openDesk({ dead: '/nowhere/engine.sock' }, ['logs']);

    expect(await desk.say(`/dock help ${name}`)).toMatchObject({ kind: 'result', result: { detail: name } });
  },
);
