import { canInstall, ENGINE_PACKAGES, installPackages, missingPackages } from '../../playground/engine/packages.ts';
import { POSTGRES_PACKAGES } from './postgres-packages.ts';
import { PROMETHEUS_PACKAGES } from './prometheus-packages.ts';

/** The tests of connections over SSH and TLS take these besides. */
const SSH_AND_TLS = { 'openssh-server': 'sshd', openssl: 'openssl' };
/** The tests of the playground's page take a browser, with letters and emoji to draw. */
const BROWSER = {
  chromium: 'chromium',
  'fonts-lato': '/usr/share/fonts/truetype/lato/Lato-Regular.ttf',
  'fonts-noto-color-emoji': '/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf',
};
const PACKAGES = { ...ENGINE_PACKAGES, ...SSH_AND_TLS, ...BROWSER, ...POSTGRES_PACKAGES, ...PROMETHEUS_PACKAGES };

/** Installs what the tests take from Debian and is not there yet; elsewhere it does nothing. */
export async function installTestPackages(): Promise<void> {
  if (canInstall()) await installPackages(missingPackages(PACKAGES));
}
