import type { Note } from '../../../handlers/deploy/card/notes.ts';
import { cut } from '../../../text/cut.ts';
import { listed } from '../../block-kit/listed.ts';
import { context, type Message, section } from '../../block-kit/message.ts';
import { inline, plain, plural } from '../../block-kit/text.ts';

const MOST_LINE = 120;

/** What was done under a grant that is over. */
export function grantOver(note: Extract<Note, { kind: 'grant-over' }>): Message {
  const { person, approvedBy, container, host, endedBy, clockSetBack = false, runs, count, reason } = note;
  const itself = clockSetBack ? 'ended early: Fairlead’s clock was set back. Ask for a new one' : 'is over';
  const how = endedBy === undefined ? itself : `was ended by <@${endedBy}>`;
  const did = count === 0 ? 'Nothing was run.' : `${plural(count, 'command')} ${count === 1 ? 'was' : 'were'} run:`;
  const entries = runs.map(({ line, how: ended }) => ({
    name: plain(cut(line, MOST_LINE)),
    line: `• ${inline(cut(line, MOST_LINE))}: ${plain(ended)}`,
  }));
  const left = count - runs.length;
  return {
    text: `The grant of <@${person}> for ${plain(container)} on ${host} ${how}. ${did}`,
    blocks: [
      section(`The grant of <@${person}> for *${plain(container)}* on *${host}* ${how}. ${did}`),
      ...listed(entries, (more) => plural(more, 'more command')),
      context(
        `${left > 0 ? `and ${left} more · ` : ''}approved by <@${approvedBy}> · ${inline(reason, 200)} · their output is beside the audit log`,
      ),
    ],
  };
}
