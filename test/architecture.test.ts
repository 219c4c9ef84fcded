import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';

/** The order in which data flows through shared/: a module knows those before it, never one after it. */
const FLOW =
  'kernel → events → sources → quality → consent → identity → traits → plans → imports → computed → profiles → segments → sending → exports → privacy'.split(
    ' → ',
  );

/** What each folder may know of the others; `local` and `demo` meet the product only as a user would. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  shared: [],
  functions: ['shared'],
  infra: ['shared', 'functions'],
  local: [],
  demo: [],
  console: ['shared'],
  bench: ['shared', 'functions', 'infra', 'local', 'demo', 'test'],
  test: ['shared', 'functions', 'infra', 'local', 'demo', 'bench'],
  docs: ['shared', 'functions', 'infra', 'local', 'demo', 'test'],
};

/** What functions/ keeps for all capabilities; these know each other in this order only. */
const FOUNDATIONS = ['runs', 'runtime', 'adapters'];

/** Capabilities that may know others: the Admin API shows what they wrote, and undoes it. */
const LOOKS_INTO: Readonly<Record<string, readonly string[]>> = {
  admin: ['imports', 'exports', 'profiles', 'evaluation', 'sending', 'quarantine', 'quality'],
  // evaluating everybody is evaluating each
  evaluation: ['profiles'],
};

/** What the stack is built from, beside the environments: it opens a door for each route, and names the roles. */
const KNOWN_TO_INFRA = ['functions/admin/routes.ts', 'functions/admin/caller.ts'];

const PACKAGES_OF_SHARED = ['zod', 'libphonenumber-js', 'liquidjs', 're2js', 'ajv', 'ajv-formats'];

const MAX_LINES = 300;

interface SourceFile {
  readonly file: string;
  readonly layer: string;
  readonly part: string;
  readonly text: string;
  readonly imports: readonly { readonly from: string; readonly typeOnly: boolean }[];
}

const IMPORT = /^(?:import|export)( type)?\b[^;'"]*?from '([^']+)'|\bimport\('([^']+)'\)|^import '([^']+)'/gm;

const files: readonly SourceFile[] = readdirSync('.', { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !/^\.|^node_modules$|^cdk\.out$/.test(entry.name))
  .flatMap(({ name }) =>
    readdirSync(name, { encoding: 'utf8', recursive: true }).map((file) => `${name}/${file}`),
  )
  .filter(
    (file) =>
      /\.(?:ts|tsx|js|mjs)$/.test(file) && !/\/node_modules\/|^bench\/peers\/|^test\/fixtures\//.test(file),
  )
  .map((file) => {
    const text = readFileSync(file, 'utf8');
    const [layer = '', part = ''] = file.split('/');
    const imports = [...text.matchAll(IMPORT)].map(([, type, ...from]) => ({
      from: from.find((one) => one !== undefined) ?? '',
      typeOnly: type !== undefined,
    }));
    return { file, layer, part, text, imports };
  });

const of = (layer: string): readonly SourceFile[] => files.filter((file) => file.layer === layer);

/** Every import that `isWrong`, as `file → import`. */
function wrong(
  among: readonly SourceFile[],
  isWrong: (
    to: { from: string; typeOnly: boolean; layer: string; part: string },
    file: SourceFile,
  ) => boolean,
): readonly string[] {
  return among.flatMap((file) =>
    file.imports
      .filter(({ from, typeOnly }) => {
        const [, layer = '', part = ''] = /^#([\w-]+)\/([\w.-]+)/.exec(from) ?? [];
        return isWrong({ from, typeOnly, layer, part }, file);
      })
      .map(({ from }) => `${file.file} → ${from}`),
  );
}

const isLocal = (from: string): boolean => from.startsWith('.') || from.startsWith('#');

describe('imports', () => {
  it('are seen by this test', () => {
    expect(of('shared').length).toBeGreaterThan(20);
    expect(of('functions').flatMap(({ imports }) => imports).length).toBeGreaterThan(100);
  });

  it('go from folder to folder as the layers allow', () => {
    const backwards = wrong(
      files,
      (to, { layer }) => to.layer !== '' && to.layer !== layer && !LAYERS[layer]?.includes(to.layer),
    );

    expect(backwards).toEqual([]);
  });

  it('never climb out of a folder: another one goes by its # name', () => {
    expect(wrong(files, ({ from }) => from.startsWith('.') && !/^\.(?:\/[\w-][\w.-]*)+$/.test(from))).toEqual(
      [],
    );
  });

  it('run the way the data does inside shared', () => {
    const backwards = wrong(
      of('shared'),
      (to, { part }) => to.layer === 'shared' && FLOW.indexOf(to.part) > FLOW.indexOf(part),
    );

    expect(backwards).toEqual([]);
  });

  it('keep shared pure: itself and six packages', () => {
    const foreign = wrong(
      of('shared'),
      ({ from }) => !isLocal(from) && !PACKAGES_OF_SHARED.includes(from.split('/')[0] ?? ''),
    );

    expect(foreign).toEqual([]);
  });

  it('keep capabilities apart: they share runs, runtime and adapters, and know nothing of each other', () => {
    const entangled = wrong(of('functions'), (to, { part }) => {
      if (to.layer !== 'functions' || to.part === part) return false;
      const rank = FOUNDATIONS.indexOf(part);
      const known = rank === -1 ? FOUNDATIONS : FOUNDATIONS.slice(0, rank);
      return !known.includes(to.part) && !LOOKS_INTO[part]?.includes(to.part);
    });

    expect(entangled).toEqual([]);
  });

  it('give infra the environments of functions as types, and of their code only what opens doors', () => {
    const tooMuch = wrong(of('infra'), ({ from, typeOnly, layer }) => {
      if (layer !== 'functions') return false;
      const isEnvironment = /\/(?:[\w-]+-)?env\.ts$/.test(from);
      return isEnvironment ? !typeOnly : !KNOWN_TO_INFRA.includes(from.slice(1));
    });

    expect(tooMuch).toEqual([]);
  });
});

describe('files', () => {
  it('stand in folders that have a place among the layers', () => {
    expect(
      [...new Set(files.map(({ layer }) => layer))].filter((layer) => LAYERS[layer] === undefined),
    ).toEqual([]);
  });

  it('of shared stand in modules that have a place in the flow', () => {
    const modules = new Set(of('shared').map(({ part }) => part));

    expect([...modules].filter((part) => !FLOW.includes(part))).toEqual([]);
  });

  it('are named in kebab-case, and none is a barrel', () => {
    const misnamed = files.filter(({ file }) => !/^[a-z0-9]+(?:[.-][a-z0-9]+)*$/.test(basename(file)));
    const barrels = files.filter(
      ({ file, text }) =>
        /^index\./.test(basename(file)) || /^export (?:type )?(?:\*|\{[^}]*\}) .*from /m.test(text),
    );

    expect([...misnamed, ...barrels].map(({ file }) => file)).toEqual([]);
  });

  it(`have at most ${MAX_LINES} lines`, () => {
    const long = files.filter(
      ({ layer, text }) => layer !== 'test' && text.split('\n').length - 1 > MAX_LINES,
    );

    expect(long.map(({ file }) => file)).toEqual([]);
  });
});
