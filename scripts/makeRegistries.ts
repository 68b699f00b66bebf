import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Registries of the dialects and the rules: whoever adds one adds a file, and touches no other. */
export function registries(root: string): Readonly<Record<string, string>> {
  return {
    'src/core/dataset/dialects.generated.ts': registry(root, 'src/core/dataset/dialects', 'dialect', 'Dialect', './dialect.ts'),
    'src/core/rules/rules.generated.ts': registry(root, 'src/core/rules/checks', 'rule', 'Rule', './rule.ts'),
  };
}

function registry(root: string, folder: string, name: string, type: string, typeFile: string): string {
  const folderName = folder.split('/').at(-1) ?? '';
  const files = readdirSync(join(root, folder)).filter((file) => file.endsWith('.ts')).toSorted();
  const names = files.map((file) => file.slice(0, -'.ts'.length));
  const imports = names.map((one) => `import { ${name} as ${one} } from './${folderName}/${one}.ts';`);
  return [
    `// Made by \`npm run generate\` from the files in ${folderName}/. Do not edit.`,
    ...imports,
    `import type { ${type} } from '${typeFile}';`,
    '',
    `export const ${name}s: readonly ${type}[] = [`,
    ...names.map((one) => `  ${one},`),
    '];',
    '',
  ].join('\n');
}
