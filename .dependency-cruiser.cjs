// The layers of docs/architecture.md, checked. Type imports count (tsPreCompilationDeps).
const only = (name, from, allowed) => ({
  name,
  severity: 'error',
  from: { path: `^src/${from}/` },
  to: { path: '^(src|webview-ui)/', pathNot: [`^src/${from}/`, ...allowed.map((a) => `^src/${a}/`)] },
});

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true, dependencyTypesNot: ['type-only'] } },
    only('core-stands-alone', 'core', []),
    only('protocol-on-core', 'protocol', ['core']),
    only('embedded-on-core', 'embedded', ['core', 'protocol']),
    only('node-on-core', 'node', ['core', 'protocol']),
    only('demo-on-core-and-embedded', 'demo', ['core', 'protocol', 'embedded']),
    only('app-joins', 'app', ['core', 'protocol', 'embedded', 'node', 'demo']),
    only('server-is-a-host', 'server', ['core', 'protocol', 'node', 'app']),
    only('runner-is-a-host', 'runner', ['core', 'protocol', 'node', 'app']),
    only('cli-is-a-host', 'cli', ['core', 'protocol', 'node', 'app']),
    only('extension-is-a-host', 'extension', ['core', 'protocol', 'node', 'app']),
    { name: 'webview-on-protocol-and-core', severity: 'error', from: { path: '^webview-ui/' }, to: { path: '^src/', pathNot: ['^src/core/', '^src/protocol/'] } },
    { name: 'core-has-no-platform', severity: 'error', from: { path: '^src/core/' }, to: { dependencyTypes: ['core'] } },
    { name: 'protocol-has-no-platform', severity: 'error', from: { path: '^src/protocol/' }, to: { dependencyTypes: ['core'] } },
    { name: 'only-the-extension-knows-vscode', severity: 'error', from: { path: '^src/', pathNot: '^src/extension/' }, to: { path: '^vscode' , pathNot: '^vscode-languageserver'} },
    { name: 'demo-is-reached-lazily', severity: 'error', from: { path: '^src/(?!demo)' }, to: { path: '^src/demo/', dependencyTypesNot: ['dynamic-import', 'type-only'] } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^src/embedded/kernels/assembly' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
};
