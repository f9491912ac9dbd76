import { type CommandSpec, fieldsOf, optionsOf, typed, usageHint } from '../../../commands/language/define.ts';
import { context, type Message, section } from '../../block-kit/message.ts';
import { inline, prose } from '../../block-kit/text.ts';

export function usageView(spec: CommandSpec, prefix: string): Message {
  const usage = `${typed(spec, prefix)} ${usageHint(spec)}`.trimEnd();
  const options = [...fieldsOf(spec).filter((item) => item.position !== undefined), ...optionsOf(spec)];
  const lines = options.map((item) => {
    const name =
      item.position !== undefined
        ? `<${item.value ?? item.key}>`
        : [item.short === undefined ? [] : `-${item.short}`, `--${item.option}`].flat().join(', ');
    return `${inline(`${name}${item.choices ? ` ${item.choices.join('|')}` : ''}`)}  ${prose(item.description)}`;
  });
  return {
    text: usage,
    blocks: [
      section(`*${typed(spec, prefix)}* · ${prose(spec.summary)}\n${inline(usage, 400)}`),
      section(lines.join('\n')),
      context(`For example: ${spec.examples.map((item) => inline(item.replace(/^\//u, `/${prefix}`))).join('  ')}`),
    ],
  };
}
