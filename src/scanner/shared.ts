import { z } from 'zod';
import { cut } from '../text/cut.ts';

/** Findings that are read of one image. */
export const MOST_FINDINGS = 50_000;

/** A text of a report, cut. What is no text counts as missing. */
export const short = (most: number) =>
  z
    .string()
    .optional()
    .catch(undefined)
    .transform((text) => (text === undefined || text === '' ? undefined : cut(text, most)));
