import { createRedactor, type Redact, secretValues } from '../policy/redact.ts';
import { cutHidden } from '../text/cut.ts';
import type { ReadImage } from './archive.ts';
import { stepsOf } from './config.ts';
import { keptOf } from './dockerfile/facts.ts';
import { findLanguage, type Language } from './dockerfile/language.ts';
import { dockerfileFor } from './dockerfile/templates.ts';
import { type Biggest, findBiggest } from './findings/biggest.ts';
import { findDeleted } from './findings/deleted.ts';
import { findDuplicates } from './findings/duplicates.ts';
import type { Finding } from './findings/finding.ts';
import { findLeftovers } from './findings/leftovers.ts';
import { findSecrets, type SecretFile, secretFilesIn } from './findings/secrets.ts';
import { findSettings } from './findings/settings.ts';
import { mergeLayers } from './layer/merge.ts';
import { cleanStep } from './step.ts';

/** One layer of an image, the lowest first. Bytes are unpacked, `packedBytes` are those that are pulled. */
export interface LayerLine {
  /** From 1. */
  readonly number: number;
  readonly bytes: number;
  readonly packedBytes: number | undefined;
  readonly files: number;
  /** The instruction that made it, without its secrets; undefined where the history does not say. */
  readonly step: string | undefined;
  /** Why only a part of it was read. */
  readonly cut: string | undefined;
}

/** What an image is made of, and what can be left out of it. Plain JSON, without secrets. */
export interface Analysis {
  readonly bytes: number;
  /** Bytes to be pulled; undefined where only an engine was asked. */
  readonly packedBytes: number | undefined;
  readonly platform: string;
  readonly layers: readonly LayerLine[];
  /** The greatest saving first, then what is no matter of size. */
  readonly findings: readonly Finding[];
  /** Sum of all findings; no byte is in two of them. */
  readonly savedBytes: number;
  readonly biggest: Biggest;
  readonly language: Language | undefined;
  /** A Dockerfile of two stages for it; undefined where the language is not known. */
  readonly dockerfile: string | undefined;
  /** Entries of layers whose path leads out of the image. */
  readonly odd: number;
}

const MOST_PATH = 200;

/** Analyzes an image, with pauses for the event loop. The trees of its layers are used up by this. */
export async function analyzeImage(image: ReadImage, redact: Redact): Promise<Analysis> {
  const { config, layers } = image;
  const own = createRedactor(secretValues(config.config?.Env ?? []));
  const hide: Redact = (text) => own(redact(text));
  const steps = stepsOf(config, layers.length);
  const secretFiles: SecretFile[] = [];
  for (const [index, { root }] of layers.entries()) secretFiles.push(...(await secretFilesIn(root, index)));
  const { root, gone } = await mergeLayers(layers);
  // What is counted first is not counted again: what nobody sees, what nobody needs, what is there twice.
  const bySize = [
    ...(await findDeleted(gone, steps)),
    ...(await findLeftovers(root)),
    ...(await findDuplicates(root)),
  ].toSorted((a, b) => b.bytes - a.bytes);
  const found = findLanguage(config, root);
  const biggest = await findBiggest(root);
  const showWeight = <T extends { readonly path: string }>(one: T): T => ({
    ...one,
    path: cutHidden(one.path, MOST_PATH, hide),
  });
  const findings = [...bySize, ...findSecrets(config, secretFiles, hide), ...findSettings(config)];
  const packed = layers.map(({ packedBytes }) => packedBytes);
  return {
    bytes: sum(layers.map(({ bytes }) => bytes)),
    packedBytes: packed.every((bytes) => bytes !== undefined) ? sum(packed) : undefined,
    platform: [config.os, config.architecture].filter((part) => part !== '').join('/'),
    layers: layers.map(({ bytes, packedBytes, files, cut }, index) => {
      const step = steps[index];
      return {
        number: index + 1,
        bytes,
        packedBytes,
        files,
        step: step === undefined ? undefined : cleanStep(step, hide),
        cut: cut?.message,
      };
    }),
    findings: findings.map((one) => ({ ...one, paths: one.paths.map(showWeight) })),
    savedBytes: sum(bySize.map(({ bytes }) => bytes)),
    biggest: { files: biggest.files.map(showWeight), folders: biggest.folders.map(showWeight) },
    language: found?.language,
    dockerfile: found && dockerfileFor(found.language, keptOf({ config, root, version: found.version }, hide)),
    odd: sum(layers.map(({ odd }) => odd)),
  };
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
