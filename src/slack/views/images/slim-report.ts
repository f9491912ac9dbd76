import { saySize } from '../../../domain/size.ts';
import type { SlimResult } from '../../../handlers/images/slim.ts';
import type { LayerLine } from '../../../image/analyze.ts';
import type { Finding, Weight } from '../../../image/findings/finding.ts';

const WIDTH = 8;
const size = (bytes: number) => saySize(bytes).padStart(WIDTH);

/** The whole analysis as a text file. */
export function slimReport({ image, from, analysis }: SlimResult): string {
  const { bytes, packedBytes, savedBytes, platform, layers, findings, biggest, dockerfile, odd } = analysis;
  return [
    `${image} (${platform}), read from ${from.name}`,
    `${saySize(bytes)} unpacked${packedBytes === undefined ? '' : `, ${saySize(packedBytes)} to pull`}; about ${saySize(savedBytes)} can go`,
    ...(odd > 0 ? [`${odd} entries of its layers have paths that lead out of the image; they were left out.`] : []),
    ...part('WHAT CAN GO', findings.filter((one) => one.bytes > 0).flatMap(findingLines)),
    ...part('WHAT ELSE TO CHANGE', findings.filter((one) => one.bytes === 0).flatMap(findingLines)),
    ...part('LAYERS, THE LOWEST FIRST', layers.flatMap(layerLines)),
    ...part('LARGEST FOLDERS', biggest.folders.map(weightLine)),
    ...part('LARGEST FILES', biggest.files.map(weightLine)),
    ...part(
      'A DOCKERFILE OF TWO STAGES TO START FROM',
      dockerfile === undefined ? [] : dockerfile.trimEnd().split('\n'),
    ),
    '',
  ].join('\n');
}

const part = (title: string, lines: readonly string[]) => (lines.length === 0 ? [] : ['', title, ...lines]);

const weightLine = ({ path, bytes }: Weight) => `${bytes > 0 ? size(bytes) : ' '.repeat(WIDTH)}  ${oneLine(path)}`;

function findingLines({ title, bytes, layers, paths, more, change }: Finding): string[] {
  const where = layers.length === 0 ? '' : ` (layer ${layers.join(', ')})`;
  return [
    `${bytes > 0 ? size(bytes) : ' '.repeat(WIDTH)}  ${title}${where}`,
    `${' '.repeat(WIDTH)}  → ${change}`,
    ...paths.map((one) => `    ${weightLine(one)}`),
    ...(more > 0 ? [`    ${' '.repeat(WIDTH)}  … and ${more} more`] : []),
  ];
}

function layerLines({ number, bytes, packedBytes, files, step, cut }: LayerLine): string[] {
  const packed = packedBytes === undefined ? '' : ` (${saySize(packedBytes)} to pull)`;
  return [
    `${String(number).padStart(3)} ${size(bytes)}${packed}  ${files} files  ${oneLine(step ?? '(not said)')}`,
    ...(cut === undefined ? [] : [`             read in part: ${cut}`]),
  ];
}

/** A name in others' archives may hold line breaks. */
const oneLine = (text: string) => text.replace(/\p{Cc}+/gu, ' ').toWellFormed();
