import type { Plugin } from 'rolldown';

/** Loads ssh2: 18 MB of memory that no host needs, since the bot has its own way to hosts over SSH, `src/docker/client/ssh.ts`. */
const UNUSED = '/docker-modem/lib/ssh.js';

/** The engine client without what is not used. */
export const engineClient: Plugin = {
  name: 'engine-client',
  load: (id) => (id.endsWith(UNUSED) ? LEFT_OUT : undefined),
};

const LEFT_OUT = "module.exports = () => { throw new Error('The SSH of docker-modem is left out.'); };";
