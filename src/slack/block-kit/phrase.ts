import { type Part, type Phrase, partsOf } from '../../domain/phrase.ts';
import { slash } from './commands.ts';
import { prose } from './text.ts';

/** Ids of people and channels as Slack gives them; anything else in their place is shown as text. */
const PERSON = /^[UW][A-Z0-9]{1,30}$/u;
const CHANNEL = /^[CDG][A-Z0-9]{1,30}$/u;

/** A phrase in mrkdwn. What is in backticks is code; mentions and commands come from parts, never from a text. */
export function mrkdwn(said: Phrase): string {
  return partsOf(said).map(partIn).join('');
}

function partIn(part: Part): string {
  if (typeof part === 'string') return prose(part);
  if ('command' in part) return slash(part.command);
  if ('person' in part) return PERSON.test(part.person) ? `<@${part.person}>` : prose(`@${part.person}`);
  return CHANNEL.test(part.channel) ? `<#${part.channel}>` : prose(`#${part.channel}`);
}
