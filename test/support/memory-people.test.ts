import { peopleRepositoryContract } from '#test/contract/people-repository.ts';
import { memoryPeople } from './memory-people.ts';

peopleRepositoryContract('the in-memory repository', async () => memoryPeople());
