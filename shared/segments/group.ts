import type { DefinitionRepository, Stored } from '#shared/sources/definition-repository.ts';
import { isStageSegment, type StoredLifecycle, stageOf } from './lifecycle.ts';
import type { Segment } from './segment.ts';

/** People who are listed together: a segment, or a stage of the life cycle. */
export type Group = Pick<Segment, 'id' | 'name' | 'market' | 'brand'>;

/** Finds a segment, or a stage by the id of its segment, with the version of its definition. */
export async function findGroup(
  id: string,
  {
    segments,
    lifecycle,
  }: {
    readonly segments: Pick<DefinitionRepository<Segment>, 'find'>;
    readonly lifecycle: Pick<DefinitionRepository<StoredLifecycle>, 'find'>;
  },
): Promise<Stored<Group> | undefined> {
  if (!isStageSegment(id)) return segments.find(id);
  const settings = await lifecycle.find('lifecycle');
  const stage = settings && stageOf(id, settings.definition);
  return stage && { ...settings, definition: { id, name: stage.name } };
}
