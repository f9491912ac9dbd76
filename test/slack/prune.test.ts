import { expect, it } from 'vitest';
import type { PreviewResult } from '../../src/handlers/cleanup/prune.ts';
import { checkMessage } from '../../src/slack/block-kit/limits.ts';
import { plainText } from '../../src/slack/block-kit/plain.ts';
import { pruneView } from '../../src/slack/views/cleanup/prune.ts';
import { preview } from '../pictures/changes.ts';
import { down, requestOf, shortId } from '../pictures/fixtures.ts';

const request = requestOf({ name: 'prune', command: 'prune', result: preview });

function shown(hosts: number, label: (host: number) => string) {
  const over: PreviewResult = {
    ...preview,
    total: hosts,
    hosts: Array.from({ length: hosts }, (_, index) => ({
      host: `web-${index + 1}`,
      candidates: [{ id: `sha256:${shortId(index)}`, label: label(index + 1), bytes: 1e6 }],
      bytes: 1e6,
    })),
    failures: Array.from({ length: 12 }, (_, index) => ({ ...down, host: `db-${index + 1}` })),
  };
  const { blocks, file } = pruneView(over, request);
  return { problems: checkMessage({ blocks }), text: plainText(blocks), file: file?.content };
}

it('what would go on hosts that do not fit is counted, and is in the file', () => {
  const { problems, text, file } = shown(25, (host) => `shop:2.${host}`);

  expect(problems).toEqual([]);
  expect(text).toMatch(
    /25 images.*web-15: 1 image.*… and 10 more images on 10 more hosts: web-16, .*web-25\. They are in the file\./su,
  );
  for (let host = 1; host <= 25; host += 1)
    expect(file).toMatch(new RegExp(`==> web-${host} <==\n.* shop:2\\.${host}$`, 'mu'));
});

it('a name too long for the list is whole in the file', () => {
  const name = `harbor.example.com/${'a-very-long-folder/'.repeat(5)}shop:2.4.1`;

  expect(shown(1, () => name).file).toContain(name);
  expect(shown(1, () => 'shop:2').file).toBeUndefined();
});
