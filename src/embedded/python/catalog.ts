/** A package that can be installed. */
export interface CatalogEntry {
  version: string;
  /** As it is imported; null: it is a command and nothing else. */
  module: string | null;
  /** The script that its installation puts into `bin`. */
  command: string | null;
  summary: string;
  homePage: string;
  author: string;
  license: string;
  requires: readonly string[];
}

export const catalog: ReadonlyMap<string, CatalogEntry> = new Map(
  Object.entries<CatalogEntry>({
    'adam-atan2': describe('0.0.3', 'adam_atan2', 'Adam-atan2 for PyTorch', 'https://github.com/imoneoi/adam-atan2', 'One'),
    'google-cloud-storage': describe(
      '2.18.2',
      'google',
      'Google Cloud Storage API client library',
      'https://github.com/googleapis/python-storage',
      'Google LLC',
    ),
    numpy: describe(
      '1.26.4',
      'numpy',
      'Fundamental package for array computing in Python',
      'https://numpy.org',
      'Travis E. Oliphant',
    ),
    omegaconf: describe(
      '2.3.0',
      'omegaconf',
      'A flexible configuration library',
      'https://github.com/omry/omegaconf',
      'Omry Yadan',
      ['PyYAML'],
    ),
    pip: describe(
      '24.0',
      'pip',
      'The PyPA recommended tool for installing Python packages.',
      'https://pip.pypa.io/',
      'The pip developers',
    ),
    pytest: {
      ...describe(
        '8.2.2',
        'pytest',
        'pytest: simple powerful testing with Python',
        'https://docs.pytest.org/en/latest/',
        'Holger Krekel',
      ),
      command: 'pytest',
    },
    PyYAML: describe('6.0.1', 'yaml', 'YAML parser and emitter for Python', 'https://pyyaml.org/', 'Kirill Simonov'),
    setuptools: describe(
      '65.5.0',
      'setuptools',
      'Easily download, build, install, upgrade, and uninstall Python packages',
      'https://github.com/pypa/setuptools',
      'Python Packaging Authority',
    ),
    tensorboard: describe(
      '2.17.0',
      'tensorboard',
      'TensorBoard lets you watch Tensors Flow',
      'https://github.com/tensorflow/tensorboard',
      'Google Inc.',
      ['numpy'],
    ),
    torch: describe(
      '2.2.0+cu121',
      'torch',
      'Tensors and Dynamic neural networks in Python with strong GPU acceleration',
      'https://pytorch.org/',
      'PyTorch Team',
    ),
    'torch-xla': describe(
      '2.5.1',
      'torch_xla',
      'XLA bridge for PyTorch',
      'https://github.com/pytorch/xla',
      'PyTorch/XLA Dev Team',
    ),
    tqdm: describe('4.66.4', 'tqdm', 'Fast, Extensible Progress Meter', 'https://tqdm.github.io', ''),
  }),
);

/** The name under which the catalog has a package: PyPI takes `PyYAML` and `pyyaml`, `a-b` and `a_b` for the same. */
export function findPackage(name: string): string | null {
  return [...catalog.keys()].find((known) => normalize(known) === normalize(name)) ?? null;
}

function normalize(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, '-');
}

function describe(
  version: string,
  module: string,
  summary: string,
  homePage: string,
  author: string,
  requires: string[] = [],
): CatalogEntry {
  return { version, module, command: null, summary, homePage, author, license: 'BSD', requires };
}
