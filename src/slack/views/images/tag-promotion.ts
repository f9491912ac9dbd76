import type { KnownBlock } from '@slack/types';
import { saySize } from '../../../domain/size.ts';
import type { Tagged } from '../../../handlers/images/tagging/types.ts';
import { listedLines } from '../../block-kit/listed.ts';
import { context, sections } from '../../block-kit/message.ts';
import { plain, plural, prose } from '../../block-kit/text.ts';

type Promotion = NonNullable<Tagged['promotion']>;

/** How an image came into another repository, and what of it was left behind. */
export function promotionLines(promotion: Promotion): KnownBlock[] {
  const { left } = promotion;
  const lines = left.map(({ what, why }) => ({ name: plain(what), line: `• ${plain(what)}: ${prose(why)}` }));
  return [
    context(wayOf(promotion)),
    ...(left.length === 0
      ? []
      : sections([':warning: Not taken along:', ...listedLines(lines, (count) => plural(count, 'more'), 1500)])),
  ];
}

function wayOf({ way, present, mounted, copied, copiedBytes, carried }: Promotion): string {
  if (way === 'same')
    return 'Same repository: only the tag was set. Signatures and SBOMs belong to the digest and stay.';
  const taken = carried === 0 ? '' : ` · ${plural(carried, 'signature or SBOM', 'signatures and SBOMs')} taken along`;
  if (way === 'harbor') return `Copied by the registry; nothing was pulled${taken}`;
  const layers = [
    present > 0 ? `${plural(present, 'layer')} there already` : '',
    mounted > 0 ? `${plural(mounted, 'layer')} mounted` : '',
    copied > 0
      ? `${plural(copied, 'layer')} (${saySize(copiedBytes)}) copied through Fairlead, since the registry mounts none`
      : '',
  ].filter((text) => text !== '');
  return `${layers.join(' · ') || 'No layers'}; no host pulled anything${taken}`;
}
