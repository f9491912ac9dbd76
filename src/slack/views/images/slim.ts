import type { KnownBlock } from '@slack/types';
import { slim } from '../../../commands/images/slim.ts';
import { saySize } from '../../../domain/size.ts';
import { slim as handler, type SlimProgress, type SlimResult } from '../../../handlers/images/slim.ts';
import type { Request } from '../../../handlers/request.ts';
import type { Analysis, LayerLine } from '../../../image/analyze.ts';
import type { Finding } from '../../../image/findings/finding.ts';
import { cut } from '../../../text/cut.ts';
import { context, type Message, preformatted, section, sections, table } from '../../block-kit/message.ts';
import { inline, plain, plural, prose } from '../../block-kit/text.ts';
import { command } from '../../command.ts';
import { answer } from '../../reply/reply.ts';
import { failureBlocks } from '../parts/failures.ts';
import { closing, pageAndShare } from '../parts/over-hosts.ts';
import { slimReport } from './slim-report.ts';

/** Savings that are told at once; the others are in the file. */
const MOST_WINS = 4;
const MOST_LAYERS = 12;
const MOST_STEP = 90;

export function slimView(result: SlimResult, request: Request): Message {
  const { image, from, analysis } = result;
  const { packedBytes, platform, layers, findings } = analysis;
  const wins = findings.filter(({ bytes }) => bytes > 0);
  const issues = findings.filter(({ bytes }) => bytes === 0);
  const left = wins.length > MOST_WINS ? `${plural(wins.length - MOST_WINS, 'smaller saving')} and the` : 'The';
  return {
    text: `${plain(image)} ${verdictOf(analysis)}`,
    blocks: [
      section(`*${plain(image)}* ${verdictOf(analysis)}`),
      ...wins.slice(0, MOST_WINS).map((win) => section(winLine(win))),
      ...sections(issues.map(issueLine)),
      ...cutsOf(layers),
      ...layersTable(layers),
      ...dockerfileBlocks(analysis),
      context(`${left} largest files are in the file${request.share ? '' : ', in your direct messages'}.`),
      ...result.warnings.map((text) => context(`:information_source: ${prose(text)}`)),
      ...failureBlocks(result.failures),
      ...closing([], result, [
        `from ${from.at === 'host' ? `*${from.name}*` : inline(from.name)}`,
        ...(platform === '' ? [] : [plain(cut(platform, 60))]),
        ...(packedBytes === undefined ? [] : [`${saySize(packedBytes)} to pull`]),
      ]),
      ...pageAndShare(request),
    ],
    file: {
      name: `slim-${cut(image.replace(/[^\w.-]+/gu, '-'), 80, '')}.txt`,
      title: cut(request.shownLine, 200),
      content: slimReport(result),
    },
  };
}

function verdictOf({ bytes, savedBytes, layers }: Analysis): string {
  if (savedBytes === 0) return `is ${saySize(bytes)}; nothing in it is an obvious waste.`;
  const about = layers.some((layer) => layer.cut !== undefined) ? 'at least' : 'about';
  return `is ${saySize(bytes)}; ${about} ${saySize(savedBytes)} can go.`;
}

/** What was not read, so that nobody takes it for clean. */
function cutsOf(layers: readonly LayerLine[]): KnownBlock[] {
  const cuts = layers.filter((layer) => layer.cut !== undefined);
  const which = cuts.map(({ number }) => number).join(', ');
  const why = prose(cuts[0]?.cut ?? '');
  const names = cuts.length > 1 ? `Layers ${cut(which, 60)} were` : `Layer ${which} was`;
  return cuts.length === 0 ? [] : [context(`:warning: ${names} read in part: ${why}. The rest is not judged.`)];
}

function dockerfileBlocks({ dockerfile, language }: Analysis): KnownBlock[] {
  if (dockerfile === undefined || language === undefined) return [];
  return [section(`A Dockerfile for ${LANGUAGE[language]} to start from:`), preformatted(dockerfile.trimEnd())];
}

const LANGUAGE = {
  go: 'Go',
  node: 'Node',
  python: 'Python',
  java: 'Java',
  rust: 'Rust',
  php: 'PHP',
  dotnet: '.NET',
} as const;

function winLine({ bytes, title, layers, change }: Finding): string {
  return `*${saySize(bytes)}*  ${prose(title)}${where(layers)}\n→ ${prose(change)}`;
}

function issueLine({ title, paths, more, layers, change }: Finding): string {
  const names = paths.map(({ path }) => inline(path, 80)).join(', ');
  const rest = more > 0 ? ` and ${more} more` : '';
  return `• ${prose(title)}${names === '' ? '' : `: ${names}${rest}`}${where(layers)}\n→ ${prose(change)}`;
}

const where = (layers: readonly number[]) =>
  layers.length === 0 ? '' : ` (layer${layers.length > 1 ? 's' : ''} ${cut(layers.join(', '), 40)})`;

/** The layers in their order; of many, the largest. */
function layersTable(layers: readonly LayerLine[]): KnownBlock[] {
  if (layers.length === 0) return [];
  const largest = layers.toSorted((a, b) => b.bytes - a.bytes).slice(0, MOST_LAYERS);
  const shown = layers.filter((layer) => largest.includes(layer));
  const rows = shown.map(({ number, bytes, step }) => [
    String(number),
    saySize(bytes),
    cut(step ?? '(not said)', MOST_STEP),
  ]);
  const left = layers.length - shown.length;
  return [
    table(['#', 'SIZE', 'MADE BY'], rows, { right: [0, 1], wrapped: [2] }),
    ...(left > 0 ? [context(`The largest of ${plural(layers.length, 'layer')}; the others are in the file.`)] : []),
  ];
}

export function slimProgress({ image, from, bytes, total }: SlimProgress): Message {
  const of = total > 0 ? ` of ${saySize(Math.max(total, bytes))}` : '';
  return {
    text: `Reading ${plain(image)}`,
    blocks: [section(`Reading ${inline(image)} from ${inline(from)}: ${saySize(bytes)}${of}`)],
  };
}

export const slimCommand = command({
  spec: slim,
  handler,
  delivery: ['message'],
  view: (result, request) => answer(slimView(result, request)),
  progress: { view: slimProgress, stands: 'private', begins: 'when-slow' },
  approval: 'none',
});
