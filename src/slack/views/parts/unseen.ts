import type { KnownBlock } from '@slack/types';
import { context } from '../../block-kit/message.ts';
import { someHosts } from './over-hosts.ts';

/** Names the hosts that did not answer when nobody had named one: what was found elsewhere may be there too. */
export function unseenBlocks(hosts: readonly string[] = [], what: 'container' | 'image' = 'container'): KnownBlock[] {
  return hosts.length === 0
    ? []
    : [context(`:warning: Not known: ${someHosts(hosts)} did not answer, and may have the ${what} too.`)];
}
