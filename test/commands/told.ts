import { expect } from 'vitest';
import { SPECS } from '../../src/commands/index.ts';
import { typed } from '../../src/commands/language/define.ts';
import { parseLine } from '../../src/commands/language/parse.ts';
import { UserError } from '../../src/domain/errors.ts';
import { asText, type Phrase, partsOf } from '../../src/domain/phrase.ts';
import { typedLine } from '../../src/slack/block-kit/commands.ts';

export const parse = (line: string, prefix = '') => parseLine(line, SPECS, prefix);

/** As it is read in Slack, but for what is escaped there. */
export const inSlack = (said: Phrase, prefix: string) =>
  partsOf(said)
    .map((part) =>
      typeof part === 'object' && 'command' in part ? `\`${typedLine(part.command, prefix)}\`` : asText([part]),
    )
    .join('');

/** What somebody is told of a line; undefined when it is taken. */
export function refusal(line: string, prefix = ''): { readonly message: string; readonly hint: string } | undefined {
  try {
    parse(line, prefix);
    return undefined;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { message: inSlack(error.phrase, prefix), hint: inSlack(error.hint ?? '', prefix) };
  }
}

/** Every command line and every option in what somebody is told, without the usage, which shows choices. */
export function suggested(line: string, prefix = '') {
  const { message = '', hint = '' } = refusal(line, prefix) ?? {};
  const said = [message, ...(hint.startsWith('Usage:') ? [] : [hint])].join(' ');
  const spans = [...said.matchAll(/`([^`]+)`/gu)].map(([, span = '']) => span);
  return { said, lines: spans.filter((span) => span.startsWith('/')) };
}

export function expectRight(line: string, prefix = ''): void {
  const { said, lines } = suggested(line, prefix);
  for (const one of lines) {
    // A name alone may lack what the command needs; it is a name there is.
    if (SPECS.some((spec) => typed(spec, prefix) === one)) continue;
    expect(() => parse(one, prefix), `${line} -> ${one}`).not.toThrow();
  }
  const [, near] = /Did you mean `([^`]+)`\?/u.exec(said) ?? [];
  const [, name] = /^\/?(?:dock )?([a-z]+)/u.exec(line) ?? [];
  if (near?.startsWith('--') && SPECS.some((spec) => spec.name === name))
    expect(refusal(`${name} ${near}`)?.message ?? '', line).not.toMatch(/no option/u);
}
