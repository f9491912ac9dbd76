import { expect, it } from 'vitest';
import { SPECS } from '../../src/commands/index.ts';
import { parseLine } from '../../src/commands/language/parse.ts';
import { UserError } from '../../src/domain/errors.ts';

const SECRET = 'hunter2Q9';

/** All that a mistake says. */
function said(line: string): string {
  try {
    parseLine(line, SPECS);
  } catch (error) {
    if (error instanceof UserError) return JSON.stringify([error.phrase, error.hint, error.choices]);
    throw error;
  }
  throw new Error(`${line} is no mistake`);
}

it.each([
  ['/deploy shop 1 A=', 'Put', '-e A='],
  ['/deploy shop A=', 'tag', '-e A='],
  ['/deploy shop 1 DB_URL=', 'reason', '-e DB_URL='],
  ['/run A=', 'image', '-e A='],
  ['/run nginx -e A=', 'nothing', 'before the image'],
  ['/run nginx --env A=', 'nothing', 'before the image'],
  ['/lock shop A=', 'reason', 'A=***'],
])('%s… without its option is a mistake that does not repeat the value', (line, wrong, right) => {
  const text = said(`${line}${SECRET}`);

  expect(text).not.toContain(SECRET);
  expect(text.split('Usage')[0]).not.toContain(wrong);
  expect(text).toContain(right);
});

it.each(['/run ansible ansible-playbook -e A=1', '/run nginx env A=1', '/exec shop env A=1', '/run nginx "-e" A=1'])(
  '%s is no mistake: it is a command of the image',
  (line) => {
    expect(parseLine(line, SPECS).args).toMatchObject({});
  },
);
