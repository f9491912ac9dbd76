import type { z } from 'zod';
import { checkLinks } from './links.ts';
import { Sections } from './sections.ts';

/** The whole file, each section alone and all of them together. */
export const ConfigFile = Sections.superRefine((file, context) => {
  for (const { path, message } of checkLinks(file)) context.addIssue({ code: 'custom', path, message });
});
export type ConfigFile = z.infer<typeof Sections>;
