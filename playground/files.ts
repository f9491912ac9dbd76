import { join } from 'node:path';

/** The playground's folder: this one in the source, and the one of the built `index.js` in the package. */
const HERE = import.meta.dirname;

/** The files of the page. */
export const PAGE_FOLDER = join(HERE, 'web');
export const SWEEP_SCRIPT = join(HERE, 'engine/sweep.sh');
export const IN_ROOT_SCRIPT = join(HERE, 'engine/in-root.sh');
/** The program `fairlead`. */
export const CLI = join(HERE, import.meta.filename.endsWith('.ts') ? '../src/cli.ts' : '../cli.js');
