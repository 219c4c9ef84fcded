import { definitionRepositoryContract } from '#test/contract/definition-repository.ts';
import { memoryDefinitions } from './memory-definitions.ts';

definitionRepositoryContract('the in-memory repository', async () => memoryDefinitions());
