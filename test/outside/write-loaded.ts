import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

// Loaded into a process before the bot: writes the address of each module that is loaded, imported or required, to a file.

const to = process.env['TEST_LOADED_FILE'] ?? '';

registerHooks({
  load(url, context, next) {
    appendFileSync(to, `${url}\n`);
    return next(url, context);
  },
});
