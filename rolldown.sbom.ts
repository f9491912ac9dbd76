import type { Library } from './rolldown.libraries.ts';

type Package = Pick<Library, 'name' | 'version' | 'license'>;

/**
 * A bill of materials in CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/): `program`, and each library that is part of its
 * built files, where no scanner would find it. The same build gives the same text: no time, no random number.
 */
export function sbomText(program: Package, libraries: readonly Package[]): string {
  const component = componentOf('application', program);
  const components = libraries.map((library) => componentOf('library', library));
  const sbom = { bomFormat: 'CycloneDX', specVersion: '1.6', version: 1, metadata: { component }, components };
  return `${JSON.stringify(sbom, undefined, 2)}\n`;
}

function componentOf(type: 'application' | 'library', { name, version, license }: Package) {
  const [scope, inScope] = name.startsWith('@') ? name.split('/') : [];
  // https://github.com/package-url/purl-spec: the `@` of a scope is encoded.
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
  return {
    type,
    'bom-ref': purl,
    ...(scope === undefined ? { name } : { group: scope, name: inScope }),
    version,
    licenses: [{ expression: license }],
    purl,
  };
}
