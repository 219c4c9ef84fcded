import { mergeRepositoryContract } from '#test/contract/merge-repository.ts';
import { peopleRepositoryContract } from '#test/contract/people-repository.ts';
import { memoryPeople } from './memory-people.ts';

peopleRepositoryContract('the in-memory repository', async () => memoryPeople());
mergeRepositoryContract('the in-memory repository', async () => memoryPeople());
