/**
 * The query of an image's inspection for one platform, as `linux/arm64`. An engine that stores several platforms of an image
 * shows its own by default; before API 1.49 none can be asked for.
 */
export function platformQuery(platform: string | undefined, minor: number): { readonly platform?: string } {
  if (platform === undefined || minor < 49) return {};
  const [os, architecture, variant] = platform.split('/');
  return { platform: JSON.stringify({ os, architecture, variant }) };
}
