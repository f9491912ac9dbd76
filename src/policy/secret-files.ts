/** Folders whose files are secrets, or tell those of a process. */
const FOLDERS = ['/run/secrets', '/var/run/secrets', '/run/credentials', '/proc', '/sys', '/dev', '/etc/ssl/private'];

/** The same by the name of one folder of the path. */
const FOLDER_NAMES = new Set([
  '.ssh',
  '.gnupg',
  '.aws',
  '.azure',
  '.kube',
  '.docker',
  '.gcloud',
  'gcloud',
  '.vault',
  'secrets',
]);

/** Names of files, in lower case. */
const NAMES = new Set(
  `.netrc _netrc .pgpass .my.cnf .git-credentials .htpasswd .npmrc .pypirc .dockercfg .vault-token credentials credentials.json
 shadow shadow- gshadow gshadow- id_rsa id_dsa id_ecdsa id_ed25519 master.key terraform.tfstate`.split(/\s+/u),
);

const PATTERNS: readonly RegExp[] = [
  /^\.env(?:\..*)?$/u,
  /\.env$/u,
  /\.(?:key|p12|pfx|jks|keystore|kdbx|ppk|tfvars|tfstate)$/u,
  /^secrets?(?:\.[a-z0-9]+)?$/u,
];

/** Whether a file is taken for a secret by its absolute path, whatever is in it. */
export function isSecretPath(path: string): boolean {
  const lower = path.toLowerCase();
  if (FOLDERS.some((folder) => lower === folder || lower.startsWith(`${folder}/`))) return true;
  const parts = lower.split('/');
  const name = parts.at(-1) ?? '';
  if (parts.slice(0, -1).some((part) => FOLDER_NAMES.has(part))) return true;
  return NAMES.has(name) || PATTERNS.some((pattern) => pattern.test(name));
}

/** Whether text is or holds a private key. */
export const hasPrivateKey = (text: string): boolean =>
  /-----BEGIN [A-Z0-9 ]{0,64}PRIVATE KEY|PuTTY-User-Key-File-\d|AGE-SECRET-KEY-1/u.test(text);
