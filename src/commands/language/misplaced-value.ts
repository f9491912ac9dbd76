import { code, UserError } from '../../domain/errors.ts';
import { type CommandSpec, fieldsOf } from './define.ts';
import { instead, Mistake, word as newWord } from './mistake.ts';
import type { Word } from './words.ts';

/** NAME= before a value. */
export const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]{0,127}=(?=.)/u;
const ENV_OPTION = /^(?:-e|--env)(?:[A-Za-z_=]|$)/u;

/**
 * The mistake of a variable where none is taken: `deploy shop 1 A=secret`, `run nginx -e A=secret`. Its value may be secret,
 * and is not repeated.
 */
export function misplacedValue(spec: CommandSpec, positional: readonly Word[]): UserError | undefined {
  const meant = namedField(spec, positional);
  if (meant) return meant;
  const option = fieldsOf(spec).find(({ secret, position }) => secret === true && position === undefined);
  if (option === undefined) return undefined;
  const { verbatimAfter = positional.length } = spec;
  // `deploy shop=1.5.0`: no variable is named like that before the thing it is for.
  const [first] = positional;
  const [, name = '', version = ''] = /^([a-z][a-z0-9.-]*)=(v?\d+\.[\w.-]+|latest)$/u.exec(first?.text ?? '') ?? [];
  if (first && name !== '')
    return new Mistake(
      `Put a space between ${code(name)} and its version.`,
      instead([first], [newWord(name), newWord(version)]),
    );
  const variable = positional
    .slice(0, verbatimAfter)
    .map(({ text }) => VARIABLE.exec(text)?.[0])
    .find((one) => one !== undefined);
  if (variable !== undefined)
    return new UserError('bad_input', `A variable has ${code('-e')} before it: ${code(`-e ${variable}…`)}.`);
  const [behind, value] = positional.slice(verbatimAfter);
  if (behind === undefined || behind.quoted || !ENV_OPTION.test(behind.text)) return undefined;
  if (!/=/u.test(behind.text) && !VARIABLE.test(value?.text ?? '')) return undefined;
  return new UserError('bad_input', `Put ${code('-e')} before the image: what follows the image is its command.`);
}

/** `memory=512m` and `image=demo/shop:2`: fields by their names, without the dashes of an option. */
function namedField(spec: CommandSpec, positional: readonly Word[]): Mistake | undefined {
  if (spec.verbatimAfter !== undefined) return undefined;
  for (const word of positional) {
    const [, name = '', value = ''] = /^([a-z-]+)=(.+)$/isu.exec(word.text) ?? [];
    const item = fieldsOf(spec).find(({ option, secret }) => !secret && option === name.toLowerCase());
    if (item === undefined || item.kind === 'switch' || word.quoted) continue;
    const right = newWord(item.position === undefined ? `--${item.option}=${value}` : value);
    const say =
      item.position === undefined ? `An option has dashes before it: \`--${item.option}\`.` : `Leave \`${name}=\` out.`;
    return new Mistake(say, instead([word], [right]));
  }
  return undefined;
}
