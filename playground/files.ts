import { join } from 'node:path';

/** The folder of the playground: this one in the source, and that of the built `index.js` in the package. */
const HERE = import.meta.dirname;

/** What the page is made of. */
export const PAGE_FOLDER = join(HERE, 'web');
export const SWEEP_SCRIPT = join(HERE, 'engine/sweep.sh');
export const IN_ROOT_SCRIPT = join(HERE, 'engine/in-root.sh');
/** The bot's program. */
export const CLI = join(HERE, import.meta.filename.endsWith('.ts') ? '../src/cli.ts' : '../cli.js');
