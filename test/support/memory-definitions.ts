import type { DefinitionRepository, Stored } from '#shared/sources/definition-repository.ts';

/** Definitions in memory, as the table keeps them: removed ones stay as a version without a definition. */
export function memoryDefinitions<T extends { readonly id: string }>(): DefinitionRepository<T> {
  const versions = new Map<string, (Stored<T> | undefined)[]>();
  const historyOf = (id: string) => versions.get(id) ?? [];
  const append = (id: string, entry: Stored<T> | undefined) => {
    versions.set(id, [...historyOf(id), entry]);
  };

  return {
    async find(id) {
      return historyOf(id).at(-1);
    },
    async list() {
      const ids = [...versions.keys()].sort();
      return ids.flatMap((id) => historyOf(id).at(-1) ?? []);
    },
    async put(definition) {
      const stored = {
        definition: structuredClone(definition),
        version: historyOf(definition.id).length + 1,
        updatedAt: 1_795_000_000_000,
      };
      append(definition.id, stored);
      return stored;
    },
    async remove(id) {
      if (historyOf(id).at(-1) === undefined) return false;
      append(id, undefined);
      return true;
    },
    async findVersion(id, version) {
      return historyOf(id)[version - 1];
    },
  };
}
