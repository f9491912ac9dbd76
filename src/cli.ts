#!/usr/bin/env node
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(`Fairlead needs Node 22.18 or newer; this is ${process.versions.node}.\n`);
  process.exit(1);
}
// Compiled code is kept for the next start, in this installation's own folder; where that cannot be written, it is not.
const { enableCompileCache } = await import('node:module');
enableCompileCache(new URL('../.cache/compile', import.meta.url).pathname);
// Only now: an older Node would stop at the first new syntax with a message nobody understands.
const { main } = await import('./cli/main.ts');
process.exitCode = await main(process.argv.slice(2));
