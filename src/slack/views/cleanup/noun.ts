import type { PreviewResult } from '../../../handlers/cleanup/prune.ts';

export function noun(what: PreviewResult['args']['what']): string {
  return what === 'cache' ? 'cache record' : what.slice(0, -1);
}
