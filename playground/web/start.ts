const AGAIN_MS = 1000;

/**
 * Loads the page, and reloads it when one of its files is missing: Chromium drops requests while a network interface
 * comes or goes, as happens whenever a container starts.
 */
async function start(): Promise<void> {
  const isLoaded = await import('./main.ts').then(isStyled).catch(() => false);
  if (!isLoaded) setTimeout(() => location.reload(), AGAIN_MS);
}

/** Whether every stylesheet was loaded; otherwise its rules are missing, or reading them throws. */
function isStyled(): boolean {
  const links = [...document.querySelectorAll('link')].filter(({ rel }) => rel === 'stylesheet');
  return links.every(({ sheet }) => sheet !== null && sheet.cssRules.length > 0);
}

await start();
