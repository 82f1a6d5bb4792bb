// The arrows of docs/architecture.md. A folder may import what is listed beside it, itself, and the files directly in src/.
const pure = ['lifecycle', 'language'];
const below = ['inventory', 'playbook', 'facts', 'monitor', 'remote', 'ssh', 'store', 'notify'];
const arrows = {
  lifecycle: [],
  language: [],
  ...Object.fromEntries(below.map((folder) => [folder, pure])),
  engine: [...below, ...pure],
  embedded: [...pure, 'engine'],
  queue: [...below, ...pure, 'engine'],
  cli: ['queue', 'embedded', 'engine', ...below, ...pure],
  commands: ['cli', ...pure],
};

const rules = Object.entries(arrows).map(([folder, allowed]) => ({
  name: `${folder}-imports-only-what-is-below`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: { path: '^src/[^/]+/', pathNot: `^src/(${[folder, ...allowed].join('|')})/` },
}));

module.exports = {
  forbidden: [
    ...rules,
    { name: 'top-files-import-no-folder', severity: 'error', from: { path: '^src/[^/]+\\.ts$' }, to: { path: '^src/[^/]+/' } },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'only-the-store-opens-sqlite', severity: 'error', from: { pathNot: '^src/store/' }, to: { path: 'better-sqlite3' } },
    {
      name: 'only-ssh-and-embedded-know-ssh2',
      severity: 'error',
      from: { pathNot: '^src/(ssh|embedded)/' },
      to: { path: 'node_modules/(@types/)?ssh2/' },
    },
    { name: 'no-unresolved-imports', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js'],
    },
  },
};
