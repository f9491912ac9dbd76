import { z } from 'zod';

/** Bytes as docker prints them: decimal units, three significant digits ("7.33MB"). */
export function saySize(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${Number(value.toPrecision(3))}${units[unit]}`;
}

/** Bytes as `docker stats` prints memory: binary units, four significant digits ("61.05MiB"). */
export function sayMemory(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${Number(value.toPrecision(4))}${units[unit]}`;
}

const UNITS: Readonly<Record<string, number>> = { '': 1, b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };

/** Bytes in `512m`, `1.5g`, `1 GiB`, `1073741824`, as docker's `--memory` reads them (binary units); undefined when it is not a size. */
export function parseSize(text: string): number | undefined {
  const [, amount, unit = ''] = /^(\d{1,15}(?:\.\d{1,3})?) ?([bkmgt]?)i?b?$/iu.exec(text) ?? [];
  if (amount === undefined) return undefined;
  const bytes = Math.round(Number(amount) * (UNITS[unit.toLowerCase()] as number));
  return Number.isSafeInteger(bytes) && bytes > 0 ? bytes : undefined;
}

/** Bytes as somebody would type them: `512m`, or a number where they are no whole megabytes. */
export function typedSize(bytes: number): string {
  const megabytes = bytes / 1024 ** 2;
  return Number.isInteger(megabytes) ? `${megabytes}m` : `${bytes}`;
}

/** What a size is typed as: a field whose schema begins with this takes one. */
export const SizeText = z.string();

/** A size typed by a person or written in the config; in bytes. */
export const Size = SizeText.transform((text, context) => {
  const bytes = parseSize(text);
  if (bytes !== undefined) return bytes;
  context.addIssue({ code: 'custom', message: 'is a size such as 512m or 2g' });
  return z.NEVER;
});

/** Engines refuse less, with an error that comes only when the container is made. */
const LEAST_MEMORY = 6 * 1024 ** 2;

/** A memory limit typed by a person; in bytes. A number alone is bytes, as docker reads it, and hardly ever meant so. */
export const MemoryLimit = SizeText.transform((text, context) => {
  const bytes = parseSize(text);
  if (bytes !== undefined && bytes >= LEAST_MEMORY) return bytes;
  const message = bytes === undefined ? 'is a size such as 512m or 2g' : 'is at least 6m (a number alone is bytes)';
  const right = bytes !== undefined && /^\d{1,5}$/u.test(text) ? { params: { right: `${text}m` } } : {};
  context.addIssue({ code: 'custom', message, ...right });
  return z.NEVER;
});
